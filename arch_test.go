package hexbeat_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/hexbeat/hexbeat/"

// mayImport is the house: each room with the rooms it may use. A package belongs to the room of the longest name it begins with.
var mayImport = map[string]string{
	"geo": "", "hours": "", "auth": "", "live": "", "migrations": "", "dispatch/route": "",
	"roster":          "geo hours",
	"customer":        "geo hours",
	"customer/table":  "geo hours customer",
	"dispatch":        "geo hours auth roster customer dispatch/route",
	"notify":          "hours roster dispatch",
	"notify/fcm":      "notify",
	"notify/fcmtest":  "notify",
	"tiles":           "geo",
	"city":            "geo hours tiles",
	"picture":         "geo",
	"postgres":        "geo hours auth roster customer dispatch notify tiles migrations",
	"postgres/local":  "",
	"postgres/pgtest": "postgres postgres/local",
	"board":           "geo hours auth roster customer dispatch postgres",
	"desk":            "geo hours auth roster customer customer/table dispatch notify tiles postgres",
	"desk/desktest":   "*",
	"work":            "geo hours auth roster customer dispatch notify tiles postgres board desk live",
	"graph":           "geo hours auth roster customer dispatch notify postgres board desk live work tiles city",
	"web":             "geo hours auth roster customer dispatch notify postgres board desk live work tiles city",
	"cmd":             "*",

	"dispatch/route/vroom": "geo dispatch/route",
}

// onlyIn names the rooms that may use a library.
var onlyIn = map[string]string{
	"github.com/uber/h3-go":                 "geo",
	"github.com/jackc/pgx":                  "postgres postgres/local postgres/pgtest desk work cmd", // the last three only name its transaction
	"github.com/riverqueue":                 "postgres desk work cmd",
	"github.com/99designs":                  "graph",
	"firebase.google.com/go":                "notify/fcm",
	"github.com/SherClockHolmes/webpush-go": "notify", // its webpush
	"github.com/wneessen/go-mail":           "notify", // its email
	"golang.org/x/oauth2":                   "notify", // its hms
	"github.com/xuri/excelize":              "customer/table",
}

// Pure rooms take values and return values: the same question has the same answer, on any day and machine.
const (
	pure      = "geo hours roster customer customer/table dispatch dispatch/route dispatch/route/vroom city tiles picture"
	impure    = "context database/sql net net/http os os/exec math/rand crypto/rand log log/slog"
	impureUse = "time.Now time.Since time.Until time.Sleep time.After time.Tick time.NewTimer time.NewTicker"
	seededUse = "New NewPCG NewChaCha8 NewZipf Rand PCG ChaCha8 Source Zipf" // the rest of math/rand/v2 draws from the global source
)

// source is what the rules look at in a package.
type source struct {
	ImportPath, Dir, Doc string
	GoFiles, CgoFiles    []string
	Imports              []string
	uses                 []string // names of other packages that the code mentions: "time.Now"
}

func TestArrows(t *testing.T) {
	t.Parallel()
	listed, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,CgoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(listed))); decoder.More(); {
		var s source
		if err := decoder.Decode(&s); err != nil {
			t.Fatalf("read go list: %v", err)
		}
		for _, name := range append(s.GoFiles, s.CgoFiles...) {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(s.Dir, name), nil, 0)
			if err != nil {
				t.Fatalf("parse: %v", err)
			}
			s.uses = append(s.uses, uses(file)...)
		}
		for _, fault := range faults(s) {
			t.Error(fault)
		}
	}
}

// faults says which rules the package breaks.
func faults(s source) (found []string) {
	name, ours := strings.CutPrefix(s.ImportPath, module)
	if s.Doc == "" {
		found = append(found, s.ImportPath+" has no package comment")
	}
	room, known := roomOf(name)
	if ours && !known {
		return append(found, name+" has no place in the house: give it one in mayImport and in ARCHITECTURE.md")
	}
	for _, path := range s.Imports {
		if other, ours := strings.CutPrefix(path, module); ours {
			if to, _ := roomOf(other); to != room && !has(mayImport[room], to) {
				found = append(found, name+" may not import "+other)
			}
		}
		for library, rooms := range onlyIn {
			if (path == library || strings.HasPrefix(path, library+"/")) && !has(rooms, room) {
				found = append(found, name+" may not import "+path)
			}
		}
		if has(pure, room) && has(impure, path) {
			found = append(found, name+" is pure and may not import "+path)
		}
	}
	for _, use := range s.uses {
		drawn, random := strings.CutPrefix(use, "math/rand/v2.")
		if has(pure, room) && (has(impureUse, use) || random && !has(seededUse, drawn)) {
			found = append(found, name+" is pure and may not use "+use)
		}
	}
	return found
}

// roomOf is the room of a package: the longest name in mayImport that it is, or lies in.
func roomOf(name string) (room string, known bool) {
	for r := range mayImport {
		if (name == r || strings.HasPrefix(name, r+"/")) && len(r) > len(room) {
			room = r
		}
	}
	return room, room != ""
}

func has(list, word string) bool {
	return list == "*" || slices.Contains(strings.Fields(list), word)
}

// uses lists what a file mentions of other packages, as path.Name.
func uses(file *ast.File) (found []string) {
	paths := map[string]string{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // the parser has read it already
		name := filepath.Base(strings.TrimSuffix(path, "/v2"))
		if spec.Name != nil {
			name = spec.Name.Name
		}
		paths[name] = path
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && paths[x.Name] != "" {
				found = append(found, fmt.Sprintf("%s.%s", paths[x.Name], selector.Sel.Name))
			}
		}
		return true
	})
	return found
}

// Each rule must be able to fail.
func TestArrowsAreHeld(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		from source
		body string
		want string
	}{
		{"an allowed arrow", source{ImportPath: "dispatch", Imports: []string{module + "geo"}}, "", ""},
		{"inside one room", source{ImportPath: "graph/gen", Imports: []string{module + "graph/model"}}, "", ""},
		{"an arrow upward", source{ImportPath: "geo", Imports: []string{module + "desk"}}, "", "geo may not import desk"},
		{"an arrow sideways", source{ImportPath: "web", Imports: []string{module + "graph/model"}}, "", "web may not import graph/model"},
		{"a room nobody knows", source{ImportPath: "utils"}, "", "utils has no place in the house: give it one in mayImport and in ARCHITECTURE.md"},
		{"a longer name is another room", source{ImportPath: "geography"}, "", "geography has no place in the house: give it one in mayImport and in ARCHITECTURE.md"},
		{"the database at a door", source{ImportPath: "graph", Imports: []string{"github.com/jackc/pgx/v5/pgconn"}}, "", "graph may not import github.com/jackc/pgx/v5/pgconn"},
		{"the queue at a door", source{ImportPath: "web", Imports: []string{"github.com/riverqueue/river"}}, "", "web may not import github.com/riverqueue/river"},
		{"the grid outside the ground", source{ImportPath: "dispatch", Imports: []string{"github.com/uber/h3-go/v4"}}, "", "dispatch may not import github.com/uber/h3-go/v4"},
		{"the network in a pure room", source{ImportPath: "roster", Imports: []string{"net/http"}}, "", "roster is pure and may not import net/http"},
		{"the old random numbers", source{ImportPath: "geo", Imports: []string{"math/rand"}}, "", "geo is pure and may not import math/rand"},
		{"the clock in a pure room", source{ImportPath: "hours"}, `import "time"; var x = time.Now()`, "hours is pure and may not use time.Now"},
		{"the clock by another name", source{ImportPath: "customer"}, `import tm "time"; var x = tm.Since`, "customer is pure and may not use time.Since"},
		{"the clock at a desk", source{ImportPath: "desk"}, `import "time"; var x = time.Now()`, ""},
		{"the global source", source{ImportPath: "dispatch/route"}, `import "math/rand/v2"; var x = rand.IntN(3)`, "dispatch/route is pure and may not use math/rand/v2.IntN"},
		{"a source of one's own", source{ImportPath: "dispatch/route"}, `import "math/rand/v2"; var x = rand.New(rand.NewPCG(1, 2))`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := test.from
			s.ImportPath, s.Doc = module+s.ImportPath, "Package x knows."
			file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+test.body, 0)
			if err != nil {
				t.Fatal(err)
			}
			s.uses = uses(file)
			if got := strings.Join(faults(s), "; "); got != test.want {
				t.Errorf("faults = %q, want %q", got, test.want)
			}
		})
	}
	bare := source{ImportPath: module + "geo"}
	if got, want := faults(bare), []string{module + "geo has no package comment"}; !slices.Equal(got, want) {
		t.Errorf("faults without a comment = %q, want %q", got, want)
	}
}
