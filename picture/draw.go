package picture

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/geo"
)

// Sizes of the sheet, in pixels.
const (
	side   = 1000 // of the square a map fits into
	margin = 28
	head   = 92 // above a map
	foot   = 84 // below the maps
)

const (
	ink   = "#1f2933"
	faint = "#667380"
	paper = "#fbfaf6"
	hot   = "#6b21a8" // sites that change hands
)

// Draw makes an SVG of the panels side by side, all at one scale, with a legend.
func Draw(panels []Panel, language Language) []byte {
	f := newFrame(panels, side)
	s := sheet{frame: f, words: language.words()}
	width := margin + float64(len(panels))*(f.width+margin)
	width = max(width, 760)
	height := head + f.height + foot
	s.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="'Inter','Segoe UI','DejaVu Sans',sans-serif">`+"\n",
		width, height, width, height)
	s.printf(`<rect width="100%%" height="100%%" fill="%s"/>`+"\n", paper)
	moved := false
	for i, p := range panels {
		s.panel(p, margin+float64(i)*(f.width+margin))
		moved = moved || len(p.Moved) > 0
	}
	s.legend(width, height, moved)
	s.printf("</svg>\n")
	return s.Bytes()
}

type sheet struct {
	bytes.Buffer
	frame
	words
}

func (s *sheet) printf(format string, args ...any) { fmt.Fprintf(&s.Buffer, format, args...) }

func (s *sheet) panel(p Panel, left float64) {
	s.printf(`<g transform="translate(%.1f %d)">`+"\n", left, head)
	s.printf(`<text y="-56" font-size="24" font-weight="600" fill="%s">%s</text>`+"\n", ink, html.EscapeString(p.Title))
	for i, line := range p.Figures {
		s.printf(`<text y="%d" font-size="14" fill="%s">%s</text>`+"\n", -32+18*i, faint, html.EscapeString(line))
	}
	borders := make([]string, len(p.Territories))
	for i, t := range p.Territories {
		borders[i] = s.path(t)
		fill := shade(t.Load)
		if t.Vacant {
			fill = "#d9d6cc"
		}
		if borders[i] != "" {
			s.printf(`<path d="%s" fill="%s" fill-rule="evenodd"><title>%s</title></path>`+"\n", borders[i], fill, html.EscapeString(t.Name+" "+s.percent(t)))
		}
	}
	s.dots(p.Sites, 1.1, "#4a5560", min(0.45, 0.15+3000/float64(len(p.Sites)+1)))
	s.printf(`<path d="%s" fill="none" stroke="%s" stroke-width="1.3" stroke-linejoin="round"/>`+"\n", strings.Join(borders, ""), ink)
	s.dots(p.Moved, 2.6, hot, 0.9)
	for _, t := range p.Territories {
		s.label(t)
	}
	s.printf("</g>\n")
}

func (s *sheet) path(t Territory) string {
	var d strings.Builder
	for _, polygon := range t.Outline {
		for _, ring := range polygon {
			for i, p := range s.ring(ring) {
				d.WriteByte("ML"[min(i, 1)])
				d.WriteString(strconv.FormatFloat(p[0], 'f', 1, 64))
				d.WriteByte(' ')
				d.WriteString(strconv.FormatFloat(p[1], 'f', 1, 64))
			}
			d.WriteByte('Z')
		}
	}
	return d.String()
}

// dots are zero-length strokes with round ends: one path, however many there are. Of those on one half of a pixel one is drawn.
func (s *sheet) dots(at []geo.Point, radius float64, colour string, opacity float64) {
	if len(at) == 0 {
		return
	}
	var d strings.Builder
	drawn := map[[2]float64]bool{}
	for _, p := range at {
		x, y := s.point(p)
		x, y = math.Round(2*x)/2, math.Round(2*y)/2
		if !drawn[[2]float64{x, y}] {
			drawn[[2]float64{x, y}] = true
			fmt.Fprintf(&d, "M%g %gh0", x, y)
		}
	}
	s.printf(`<path d="%s" stroke="%s" stroke-opacity="%.2f" stroke-width="%.1f" stroke-linecap="round"/>`+"\n", d.String(), colour, opacity, 2*radius)
}

// label stands where the territory is roomiest: its name, and under it how far it is off. One that would be too small to read is left out.
func (s *sheet) label(t Territory) {
	var x, y, room float64
	for _, polygon := range t.Outline {
		rings := make([][][2]float64, len(polygon))
		for i, ring := range polygon {
			rings[i] = s.ring(ring)
		}
		if px, py, r := roomiest(rings); r > room {
			x, y, room = px, py, r
		}
	}
	long := max(len([]rune(t.Name)), 4)
	size := min(15, room*2.6/float64(long)*1.5, room*0.95)
	if size < 6 {
		return
	}
	s.printf(`<g text-anchor="middle" fill="%s" stroke="%s" stroke-opacity="0.85" stroke-width="%.1f" stroke-linejoin="round" paint-order="stroke">`, ink, paper, size/4.5)
	s.printf(`<text x="%.1f" y="%.1f" font-size="%.1f" font-weight="600">%s</text>`, x, y-size*0.05, size, html.EscapeString(t.Name))
	s.printf(`<text x="%.1f" y="%.1f" font-size="%.1f">%s</text></g>`+"\n", x, y+size*0.95, size*0.86, html.EscapeString(s.percent(t)))
}

func (s *sheet) percent(t Territory) string {
	if t.Vacant {
		return s.vacant
	}
	whole := math.Round(100 * t.Load)
	return fmt.Sprintf("%s%.0f %%", cmp.Or(map[bool]string{true: "+"}[whole > 0], map[bool]string{true: "−"}[whole < 0]), math.Abs(whole))
}

func (s *sheet) legend(width, height float64, moved bool) {
	top := height - foot + 26
	s.printf(`<g font-size="13" fill="%s">`+"\n", ink)
	s.printf(`<text x="%d" y="%.0f" font-weight="600">%s</text>`+"\n", margin, top, html.EscapeString(s.load))
	const steps, wide = 61, 4.0
	for i := range steps {
		load := (float64(i)/(steps-1)*2 - 1) * full
		s.printf(`<rect x="%.1f" y="%.1f" width="%.1f" height="12" fill="%s" shape-rendering="crispEdges"/>`, margin+float64(i)*wide, top+9, wide, shade(load))
	}
	for _, mark := range []struct {
		at   float64
		text string
	}{{0, fmt.Sprintf("−%.0f %%", 100*full)}, {0.5, "0"}, {1, fmt.Sprintf("+%.0f %%", 100*full)}} {
		s.printf(`<text x="%.1f" y="%.1f" font-size="12" text-anchor="%s">%s</text>`, margin+mark.at*steps*wide, top+36, [...]string{"start", "middle", "end"}[int(mark.at*2)], mark.text)
	}
	x := margin + steps*wide + 40.0
	s.printf(`<circle cx="%.1f" cy="%.1f" r="1.8" fill="#4a5560"/><text x="%.1f" y="%.1f">%s</text>`+"\n", x, top+15, x+12, top+19.5, html.EscapeString(s.site))
	if moved {
		x += 30 + 8.5*float64(len([]rune(s.site)))
		s.printf(`<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/><text x="%.1f" y="%.1f">%s</text>`+"\n", x, top+15, hot, x+12, top+19.5, html.EscapeString(s.moved))
	}
	km, pixels := s.rule(150)
	right := width - margin
	s.printf(`<path d="M%.1f %.1fv8h%.1fv-8" fill="none" stroke="%s" stroke-width="1.5"/>`, right-pixels, top+9, pixels, ink)
	s.printf(`<text x="%.1f" y="%.1f" text-anchor="middle">%s %s</text>`+"\n</g>\n", right-pixels/2, top+36, s.number(strconv.FormatFloat(km, 'f', -1, 64)), s.km)
}
