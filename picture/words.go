package picture

import "strings"

// Language is that of the legend.
type Language string

// The languages a legend is written in.
const (
	English Language = "en"
	Russian Language = "ru"
)

// words of the legend.
type words struct {
	load, under, over, moved, site, vacant, km string
	decimal                                    string
}

func (l Language) words() words {
	if l == Russian {
		return words{
			load: "Нагрузка против цели", under: "меньше", over: "больше", moved: "меняет хозяина", site: "клиент",
			vacant: "вакансия", km: "км", decimal: ",",
		}
	}
	return words{
		load: "Load against target", under: "less", over: "more", moved: "changes hands", site: "customer",
		vacant: "vacancy", km: "km", decimal: ".",
	}
}

// number writes a number made with a decimal point as the language does.
func (w words) number(text string) string { return strings.Replace(text, ".", w.decimal, 1) }
