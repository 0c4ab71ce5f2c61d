package table

var badINN = fault{CodeINN, "ИНН не сходится: нужно 10 или 12 цифр с верной контрольной суммой",
	"the INN does not add up: it has 10 or 12 digits with a right check sum"}

func (r *row) inn(f field) string {
	s := r.digits(f)
	if s == "" {
		return ""
	}
	inn, ok := parseINN(s)
	if !ok {
		r.refuse(f, s, &badINN)
	}
	return inn
}

// parseINN checks a Russian taxpayer number. A spreadsheet that took it for an amount has dropped
// the zero of the regions 01 to 09; it is put back when the check sum then holds.
func parseINN(s string) (string, bool) {
	if len(s) == 9 || len(s) == 11 {
		s = "0" + s
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return s, false
		}
	}
	switch len(s) {
	case 10:
		return s, s != "0000000000" && checkDigit(s, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	case 12:
		return s, s != "000000000000" && checkDigit(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) &&
			checkDigit(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return s, false
}

// checkDigit says whether the digit after the weighted ones is their sum modulo 11, modulo 10.
func checkDigit(s string, weights ...int) bool {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return byte(sum%11%10) == s[len(weights)]-'0'
}
