package main

import (
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// demoLinks is demo.json.
type demoLinks struct {
	URL   string     `json:"url"`
	Users []demoUser `json:"users"`
}

// steps tells a person what the demo does, with the time since it began.
type steps struct {
	out   io.Writer
	words map[string]string
	began time.Time
}

func newSteps(out io.Writer, words map[string]string) *steps {
	return &steps{out: out, words: words, began: time.Now()}
}

func (s *steps) step(what string, args ...any) {
	fmt.Fprintf(s.out, "%5.1f s  %s\n", time.Since(s.began).Seconds(), fmt.Sprintf(s.words[what], args...))
}

// demoWords are in the language of the operator's terminal.
func demoWords(env environment) map[string]string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := env.getenv(name); value != "" {
			if strings.HasPrefix(value, "ru") {
				return demoRussian
			}
			return demoEnglish
		}
	}
	return demoEnglish
}

var demoEnglish = map[string]string{
	"interrupted": "the last demo was interrupted while it was being made: making it anew",
	"starting":    "starting PostgreSQL",
	"filling":     "%s: loading %d customers and %d reps",
	"refused":     "%d rows are refused: hexbeat import customers says why",
	"designing":   "designing the territories of %s",
	"planned":     "%s: today is planned for %d reps, %d new visits on their routes",
	"ready":       "ready",
	"map":         "The dispatcher's map (%s):",
	"phone":       "A rep's phone (%s):",
	"explore":     "Try the API by hand:",
	"tokens":      "Tokens, one for each role (all of them are in %s):",
	"requests":    "Three requests to paste into another terminal:",
	"try":         "Try this: open the map and a rep's phone side by side, drag one of the rep's visits onto somebody else, and watch the phone.",
	"stop":        "Ctrl-C stops everything.",
}

var demoRussian = map[string]string{
	"interrupted": "прошлая демонстрация прервалась при подготовке: готовим заново",
	"starting":    "запускаем PostgreSQL",
	"filling":     "%s: загружаем клиентов: %d, торговых представителей: %d",
	"refused":     "отклонено строк: %d; причины покажет hexbeat import customers",
	"designing":   "нарезаем территории филиала %s",
	"planned":     "%s: сегодняшний день спланирован, представителей: %d, новых визитов на маршрутах: %d",
	"ready":       "готово",
	"map":         "Карта диспетчера (%s):",
	"phone":       "Телефон торгового представителя (%s):",
	"explore":     "Запросы к API вручную:",
	"tokens":      "Токены, по одному на роль (все лежат в %s):",
	"requests":    "Три запроса для другого терминала:",
	"try":         "Попробуйте: откройте рядом карту и телефон представителя, перетащите один из его визитов на другого и посмотрите на телефон.",
	"stop":        "Ctrl-C останавливает всё.",
}

// announce writes demo.json and prints what to open and to try.
func (d *demonstration) announce(address string) error {
	url := d.scheme + "://" + reachable(address)
	path := filepath.Join(d.dir, linkFile)
	if err := writeFile(path, demoLinks{URL: url, Users: d.users}); err != nil {
		return err
	}
	dispatcher, rep := d.user("dispatcher"), d.user("rep")
	d.say.step("ready")
	out, words := d.env.stdout, d.say.words
	fmt.Fprintf(out, "\n"+words["map"]+"\n  %s/#token=%s\n", dispatcher.Name, url, dispatcher.Token)
	fmt.Fprintf(out, words["phone"]+"\n  %s/m#token=%s\n", rep.Name, url, rep.Token)
	fmt.Fprintf(out, "%s\n  %s/explore#token=%s\n\n", words["explore"], url, dispatcher.Token)
	fmt.Fprintf(out, words["tokens"]+"\n", path)
	for _, role := range []string{"dispatcher", "manager", "admin", "rep"} {
		fmt.Fprintf(out, "  %-10s  %s\n", role, d.user(role).Token)
	}
	fmt.Fprintf(out, "\n%s\n", words["requests"])
	for _, request := range []struct{ token, query string }{
		{rep.Token, `{ today { date load { ratio visits } route { stops { position arrival visit { id version state site { name address } } } } } }`},
		{dispatcher.Token, `{ reps(first: 20) { nodes { id name load { ratio serviceMinutes travelMinutes visits } } } queue(first: 5) { totalCount nodes { id queueReason site { name } } } }`},
		{dispatcher.Token, `{ territories { name rep { name } measures { sites workload imbalance } } }`},
	} {
		fmt.Fprintf(out, "  curl -s %s/graphql -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' -d '{\"query\":\"%s\"}'\n",
			url, request.token, request.query)
	}
	_, err := fmt.Fprintf(out, "\n%s\n%s\n", words["try"], words["stop"])
	return err
}

// user is the first one of a role.
func (d *demonstration) user(role string) demoUser {
	for _, u := range d.users {
		if u.Role == role {
			return u
		}
	}
	return demoUser{}
}

// reachable turns the address listened on into one a browser on this machine can open.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
