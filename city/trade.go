package city

// trade is a line of business: what its places are called, when they are open and how we call on them.
type trade struct {
	code          string // category in the customer file
	segment       string
	word          string // before the brand
	numbered      bool   // Аптека №12 rather than a brand, half of the time
	busy, quiet   float64
	works         float64 // shares on a shopping street, on a quiet street, beside industry
	opens, closes int     // hours of the day
	minutes       int     // usual length of a call
	chains        []chain
}

// chain is a company with many places of one trade.
type chain struct {
	brand string
	share float64 // of the trade's places
}

var trades = []trade{
	{"grocery", "RETAIL", "Продукты", false, 14, 34, 16, 8, 22, 15, []chain{{"Калинка", 0.14}, {"Добрый двор", 0.09}}},
	{"supermarket", "KEY", "Супермаркет", false, 7, 5, 1, 8, 23, 28, []chain{{"Светлынь", 0.42}, {"Полная чаша", 0.3}, {"Семейный круг", 0.22}}},
	{"pharmacy", "PHARMACY", "Аптека", true, 11, 7, 1, 8, 21, 13, []chain{{"Живица", 0.3}, {"Целебный ключ", 0.22}, {"Доктор рядом", 0.12}}},
	{"cafe", "HORECA", "Кафе", false, 13, 4, 2, 10, 23, 16, []chain{{"Самоварная", 0.1}, {"Пироговая", 0.08}}},
	{"restaurant", "HORECA", "Ресторан", false, 5, 1, 0, 12, 24, 22, nil},
	{"canteen", "HORECA", "Столовая", true, 2, 1, 14, 8, 17, 16, []chain{{"Щи да каша", 0.25}}},
	{"bakery", "RETAIL", "Пекарня", false, 6, 6, 1, 7, 21, 11, []chain{{"Тёплый каравай", 0.35}, {"Ржаной колос", 0.15}}},
	{"butcher", "RETAIL", "Мясная лавка", false, 4, 4, 1, 8, 20, 12, []chain{{"Степной двор", 0.25}}},
	{"kiosk", "RETAIL", "Павильон", true, 6, 3, 4, 8, 21, 10, []chain{{"Перекрёсточек", 0.3}}},
	{"hardware", "RETAIL", "Хозтовары", false, 4, 9, 6, 9, 19, 16, []chain{{"Домовёнок", 0.2}}},
	{"building", "RETAIL", "Стройматериалы", false, 1, 5, 22, 8, 19, 22, []chain{{"Каменный пояс", 0.3}}},
	{"auto", "RETAIL", "Автозапчасти", false, 2, 8, 24, 9, 19, 17, []chain{{"Колея", 0.25}}},
	{"cosmetics", "RETAIL", "Косметика", false, 6, 3, 0, 10, 21, 14, []chain{{"Лунная фея", 0.4}}},
	{"stationery", "RETAIL", "Канцтовары", false, 3, 3, 2, 9, 19, 12, []chain{{"Скрепочка", 0.3}}},
	{"pets", "RETAIL", "Зоотовары", false, 3, 3, 0, 10, 20, 13, []chain{{"Лапа и хвост", 0.35}}},
	{"flowers", "RETAIL", "Цветы", false, 5, 2, 0, 8, 21, 10, nil},
	{"household", "RETAIL", "Магазин", false, 8, 6, 4, 9, 20, 14, nil},
}

// brands are the names its independent places may have.
func (t trade) brands() []string {
	switch t.code {
	case "auto", "building", "hardware":
		return workshops
	}
	return brands
}
