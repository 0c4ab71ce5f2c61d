package dispatch

// VisitKind is what kind of call a visit is. Kinds are data of the organization.
type VisitKind struct {
	Code   string `db:"code"`
	NameRu string `db:"name_ru"`
	NameEn string `db:"name_en"`
}

// Name is the kind's name in a locale: Russian for one that begins with "ru", else English.
func (k VisitKind) Name(locale string) string {
	if len(locale) >= 2 && locale[:2] == "ru" {
		return k.NameRu
	}
	return k.NameEn
}
