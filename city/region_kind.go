package city

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/hexbeat/hexbeat/geo"
)

// Kind is the shape of a region.
type Kind string

// The kinds of region there are.
const (
	Province   Kind = "province"   // three cities, towns of every size, and roads between them
	Metropolis Kind = "metropolis" // one large city on a river, with satellites
	Valley     Kind = "valley"     // settlements strung along narrow valleys
	Ring       Kind = "ring"       // a city around a lake
	Coast      Kind = "coast"      // a port, a shore and islands
	Grid       Kind = "grid"       // towns whose streets all cross at right angles
)

// Kinds lists all kinds of region.
func Kinds() []Kind { return []Kind{Province, Metropolis, Valley, Ring, Coast, Grid} }

// ErrKind is returned for a kind of region that does not exist.
var ErrKind = errors.New("no such kind of region")

// ParseKind reads the name of a kind.
func ParseKind(s string) (Kind, error) {
	if !slices.Contains(Kinds(), Kind(s)) {
		var names []string
		for _, k := range Kinds() {
			names = append(names, string(k))
		}
		return "", fmt.Errorf("%w: %q; name one of %s", ErrKind, s, strings.Join(names, ", "))
	}
	return Kind(s), nil
}

// land draws a region of this kind for n customers.
func (k Kind) land(r *rand.Rand, n int) land {
	s := survey{r: r, n: float64(n), scale: math.Pow(float64(n)/200_000, 0.4), towns: max(3, int(0.155*math.Sqrt(float64(n))))}
	switch k {
	case Province:
		return s.province()
	case Metropolis:
		return s.metropolis()
	case Valley:
		return s.valley()
	case Ring:
		return s.ring()
	case Coast:
		return s.coast()
	case Grid:
		return s.grid()
	}
	panic(fmt.Sprintf("city: Region of kind %q, which is none of Kinds", k))
}

func anywhere(vec) bool { return true }

func (s survey) province() land {
	l := land{center: geo.Point{Lat: 55.4, Lon: 48.2}, dry: anywhere}
	half := vec{160e3, 115e3}.times(s.scale)
	cities := s.scatter([]vec{{half.x * 0.1, half.y * 0.05}}, 3, half, anywhere)
	towns := s.scatter(cities, 3+s.towns, half, anywhere)[3:]
	l.spots = s.settlements("city", cities, 0.45, []float64{0.6, 0.25, 0.15})
	l.spots = append(l.spots, s.settlements("town", towns, 0.33, zipf(len(towns)))...)
	l.spots = append(l.spots, s.roads(l.spots, 0.14)...)
	l.spots = append(l.spots, s.country(0.08, cities[0], half))
	return l
}

func (s survey) metropolis() land {
	l := land{center: geo.Point{Lat: 59.9, Lon: 30.3}}
	radius := 17e3 * s.scale
	width := 250 * s.scale
	l.dry = func(p vec) bool {
		return math.Abs(p.y-0.25*radius*math.Sin(p.x/radius*1.9)-0.1*radius) > width
	}
	half := vec{5 * radius, 4 * radius}
	towns := s.scatter([]vec{{}}, 1+s.towns/2, half, l.dry)[1:]
	l.spots = []spot{s.town("city 1", 0.72, vec{}, radius)}
	l.spots = append(l.spots, s.settlements("town", towns, 0.14, zipf(len(towns)))...)
	l.spots = append(l.spots, s.roads(l.spots, 0.11)...)
	l.spots = append(l.spots, s.country(0.03, vec{}, half))
	return l
}

// valley has a long valley with side valleys. Nobody lives on the slopes.
func (s survey) valley() land {
	l := land{center: geo.Point{Lat: 42.55, Lon: 1.55}, dry: anywhere}
	main := s.bend(vec{-75e3 * s.scale, 0}, vec{75e3 * s.scale, 0}, 0.35)
	valleys := []line{main}
	for i := range 7 {
		from := main[(i+1)*(len(main)-1)/8]
		side := vec{s.r.NormFloat64() * 0.4, float64(1 - 2*(i%2))}.unit()
		valleys = append(valleys, s.bend(from, from.add(side.times((15e3+35e3*s.r.Float64())*s.scale)), 0.3))
	}
	floor := func(i int) float64 { // half the width of a valley
		if i == 0 {
			return 900 * math.Sqrt(s.scale)
		}
		return 450 * math.Sqrt(s.scale)
	}
	shares := zipf(s.towns)
	for i, share := range shares {
		v := 0 // the largest town lies on the main valley
		if i > 0 {
			v = s.r.IntN(len(valleys))
		}
		at := s.r.Float64() * valleys[v].length()
		stretch := 1.6 * radiusOf(0.75*share*s.n)
		l.spots = append(l.spots, spot{fmt.Sprintf("town %d", i+1), 0.75 * share, 0.05, valleys[v].along(at), func(r *rand.Rand) vec {
			return valleys[v].beside(r, at+stretch*0.6*r.NormFloat64(), floor(v)*0.5)
		}})
	}
	for i, v := range valleys {
		l.spots = append(l.spots, spot{fmt.Sprintf("road %d", i+1), 0.25 * v.length() / lengthOf(valleys), 0, v[0], func(r *rand.Rand) vec {
			return v.beside(r, r.Float64()*v.length(), floor(i))
		}})
	}
	return l
}

func (s survey) ring() land {
	l := land{center: geo.Point{Lat: 46.4, Lon: 6.6}}
	radius := 12e3 * s.scale
	tilt := s.r.Float64() * 2 * math.Pi
	shore := func(angle float64) float64 {
		return radius * (1 + 0.12*math.Sin(2*angle+tilt) + 0.05*math.Sin(5*angle))
	}
	l.dry = func(p vec) bool { return p.length() > shore(p.angle()) }
	half := vec{5 * radius, 5 * radius}
	towns := s.scatter([]vec{{}}, 1+s.towns/2, half, l.dry)[1:]
	const wards = 9
	for i, share := range zipf(wards) {
		angle := (float64(i*4%wards) + 0.5*s.r.Float64()) * 2 * math.Pi / wards
		at := toward(angle).times(shore(angle) * 1.03)
		l.spots = append(l.spots, s.onStreets(spot{fmt.Sprintf("city %d", i+1), 0.6 * (share + 1.0/wards) / 2, 0.05, at, func(r *rand.Rand) vec {
			to := angle + 0.25*r.NormFloat64()
			return toward(to).times(shore(to) + 0.35*radius*r.ExpFloat64())
		}}))
	}
	l.spots = append(l.spots, s.settlements("town", towns, 0.2, zipf(len(towns)))...)
	l.spots = append(l.spots, s.roads(l.spots, 0.14)...)
	l.spots = append(l.spots, s.country(0.06, towns[0], half))
	return l
}

func (s survey) coast() land {
	l := land{center: geo.Point{Lat: 43.3, Lon: 132.2}}
	half := vec{130e3, 70e3}.times(s.scale)
	shore := func(x float64) float64 { // the sea is north of it
		u := x / half.x
		return half.y * (0.12*math.Sin(4.1*u) + 0.08*math.Sin(9.7*u+1) - 0.05*math.Cos(23*u))
	}
	mainland := func(p vec) bool { return p.y < shore(p.x) }
	type island struct {
		at     vec
		radius float64
	}
	var islands []island
	for i := range 5 {
		x := half.x * (-0.8 + 0.4*float64(i) + 0.1*s.r.NormFloat64())
		islands = append(islands, island{vec{x, shore(x) + half.y*(0.35+0.5*s.r.Float64())}, half.y * (0.05 + 0.1*s.r.Float64())})
	}
	l.dry = func(p vec) bool {
		return mainland(p) || slices.ContainsFunc(islands, func(i island) bool { return i.at.to(p) < i.radius })
	}
	port := vec{0, shore(0) - 500*s.scale}
	towns := s.scatter([]vec{port}, 1+s.towns, half, mainland)[1:]
	l.spots = s.settlements("city", []vec{port}, 0.4, []float64{1})
	l.spots = append(l.spots, s.settlements("town", towns, 0.22, zipf(len(towns)))...)
	l.spots = append(l.spots, s.roads(l.spots, 0.1)...)
	var strand line
	for x := -half.x; x <= half.x; x += half.x / 60 {
		strand = append(strand, vec{x, shore(x) - 600*s.scale})
	}
	l.spots = append(l.spots, spot{"shore", 0.12, 0.02, strand[0], func(r *rand.Rand) vec {
		return strand.beside(r, r.Float64()*strand.length(), 700*s.scale)
	}})
	for i, share := range zipf(len(islands)) {
		l.spots = append(l.spots, s.town(fmt.Sprintf("island %d", i+1), 0.12*share, islands[i].at, min(islands[i].radius/2, radiusOf(0.12*share*s.n))))
	}
	l.spots = append(l.spots, s.country(0.04, port, half))
	return l
}

// grid has towns of right angles only: many addresses lie at exactly the same distance from each other.
func (s survey) grid() land {
	l := land{center: geo.Point{Lat: 41.9, Lon: -87.7}, dry: anywhere}
	half := vec{60e3, 60e3}.times(s.scale)
	const block, lot = 200.0, 20.0
	centers := s.scatter([]vec{{}}, max(3, s.towns/3), half, anywhere)
	for i, share := range zipf(len(centers)) {
		at := vec{math.Round(centers[i].x/block) * block, math.Round(centers[i].y/block) * block}
		side := 2.2 * radiusOf(0.9*share*s.n)
		l.spots = append(l.spots, spot{fmt.Sprintf("town %d", i+1), 0.9 * share, 0.05, at, func(r *rand.Rand) vec {
			p := vec{side * (2*r.Float64() - 1), 0.7 * side * (2*r.Float64() - 1)}
			if r.Float64() < 0.3 { // downtown
				p = p.times(0.25)
			}
			if r.Float64() < 0.5 {
				return at.add(vec{math.Round(p.x/block) * block, math.Round(p.y/lot) * lot})
			}
			return at.add(vec{math.Round(p.x/lot) * lot, math.Round(p.y/block) * block})
		}})
	}
	l.spots = append(l.spots, s.roads(l.spots, 0.08)...)
	l.spots = append(l.spots, s.country(0.02, vec{}, half))
	return l
}
