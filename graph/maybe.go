package graph

// maybe is null for what is not there.
func maybe[V any](value V, found bool, err error) (*V, error) {
	if err != nil || !found {
		return nil, err
	}
	return &value, nil
}

// must is an error for what is not there: what refers to it promised that it is.
func must[V any](missing error) func(V, bool, error) (V, error) {
	return func(value V, found bool, err error) (V, error) {
		if err == nil && !found {
			err = missing
		}
		return value, err
	}
}

// text is a pointer's value, empty for none.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
