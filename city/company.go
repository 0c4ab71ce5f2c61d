package city

import (
	"fmt"
	"math/rand/v2"
)

// company is a customer: a chain, or an owner of one place or a few.
type company struct {
	id, name, inn string
	brand         string // over all its doors; "" for an owner whose places have names of their own
	chain         bool
	places        int
}

// register is the customers so far. Chains are entered when their first place opens.
type register struct {
	all    []*company
	chains map[string]*company   // by brand
	owners map[string][]*company // by trade
}

func newRegister() *register {
	return &register{chains: map[string]*company{}, owners: map[string][]*company{}}
}

// owner is who opens a place of the trade: a chain by its share, now and then an owner who has
// one already, else somebody new.
func (g *register) owner(r *rand.Rand, t trade) *company {
	dice := r.Float64()
	for _, k := range t.chains {
		if dice -= k.share; dice < 0 {
			c := g.chains[k.brand]
			if c == nil {
				c = g.enter(fmt.Sprintf("ООО «%s»", k.brand), inn10(r))
				c.brand, c.chain = k.brand, true
				g.chains[k.brand] = c
			}
			c.places++
			return c
		}
	}
	if known := g.owners[t.code]; len(known) > 0 && r.Float64() < 0.13 {
		c := known[r.IntN(len(known))]
		c.places++
		return c
	}
	var c *company
	if r.Float64() < 0.7 {
		p := person(r)
		c = g.enter("ИП "+p.full(), inn12(r))
	} else {
		c = g.enter(fmt.Sprintf("ООО «%s-%s»", pick(r, t.brands()), pick(r, []string{"Торг", "Плюс", "Сервис", "Групп", "Опт", "Трейд"})), inn10(r))
	}
	c.places++
	g.owners[t.code] = append(g.owners[t.code], c)
	return c
}

func (g *register) enter(name, inn string) *company {
	c := &company{id: fmt.Sprintf("K-%04d", len(g.all)+1), name: name, inn: inn}
	g.all = append(g.all, c)
	return c
}

// signboard is what stands over the door of the company's newest place.
func (c *company) signboard(r *rand.Rand, t trade) string {
	switch {
	case c.chain:
		return fmt.Sprintf("%s «%s» №%d", t.word, c.brand, c.places)
	case t.numbered && r.IntN(2) == 0:
		return fmt.Sprintf("%s №%d", t.word, 1+r.IntN(199))
	}
	return fmt.Sprintf("%s «%s»", t.word, pick(r, t.brands()))
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// Taxpayer numbers have true check digits, but begin with 98, which is no region's code: they
// cannot be anybody's.

func inn10(r *rand.Rand) string {
	s := fmt.Sprintf("98%07d", r.IntN(1e7))
	return s + checkDigit(s, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

func inn12(r *rand.Rand) string {
	s := fmt.Sprintf("98%08d", r.IntN(1e8))
	s += checkDigit(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	return s + checkDigit(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

func checkDigit(s string, weights ...int) string {
	sum := 0
	for i, w := range weights {
		sum += w * int(s[i]-'0')
	}
	return fmt.Sprint(sum % 11 % 10)
}
