package auth

import "context"

type callerKey struct{}

// With puts the caller into a request's context. Only doors do this, after they have proven who is asking.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// From is the caller a door put into the context; ErrUnauthenticated when there is none.
func From(ctx context.Context) (Caller, error) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	if !ok {
		return Caller{}, ErrUnauthenticated
	}
	return c, nil
}
