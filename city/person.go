package city

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/hexbeat/hexbeat/geo"
)

// Person works for the company that uses the program.
type Person struct {
	Name   string // surname, given name, patronymic
	Email  string // at demo.hexbeat
	Role   string // REP, DISPATCHER, MANAGER or ADMIN
	Branch string // "" for who works for all branches
	Start  geo.Point
	Home   bool // Start is the person's home, not the branch's office
}

// naming is a person's name in its parts.
type naming struct{ surname, given, father string }

func (n naming) full() string { return n.surname + " " + n.given + " " + n.father }

func person(r *rand.Rand) naming {
	surname := pick(r, surnames)
	if r.IntN(2) == 0 {
		return naming{surname, pick(r, menNames), pick(r, menFathers)}
	}
	return naming{hers(surname), pick(r, womenNames), pick(r, womenFathers)}
}

// hers is the feminine of a surname given in the masculine.
func hers(surname string) string {
	for _, ending := range []string{"ий", "ой", "ый"} {
		if stem, ok := strings.CutSuffix(surname, ending); ok {
			return stem + "ая"
		}
	}
	return surname + "а"
}

// email is the initial and the surname in Latin letters.
func (n naming) email() string {
	return fmt.Sprintf("%s.%s@demo.hexbeat", latin(string([]rune(n.given)[:1])), latin(n.surname))
}

var letters = strings.NewReplacer(
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "e", "ж", "zh", "з", "z", "и", "i", "й", "y",
	"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f",
	"х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya")

func latin(s string) string { return letters.Replace(strings.ToLower(s)) }

// crew draws people of whom no two share an e-mail address.
type crew struct{ taken map[string]bool }

func (c crew) hire(r *rand.Rand, role, branch string) Person {
	n := person(r)
	for tries := 0; c.taken[n.email()] && tries < 1000; tries++ {
		n = person(r)
	}
	email := n.email()
	for i := 2; c.taken[email]; i++ {
		email = strings.Replace(n.email(), "@", fmt.Sprintf("%d@", i), 1)
	}
	c.taken[email] = true
	return Person{Name: n.full(), Email: email, Role: role, Branch: branch}
}
