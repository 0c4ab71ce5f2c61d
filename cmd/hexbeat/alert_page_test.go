package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
)

// page is a rep's page as the server sees it: it subscribes, reads the inbox after every hint, and confirms what it has. It holds on to whichever
// process answers.
type page struct {
	of        *pages
	servers   []*serving
	bearer    string
	token     string // of its device
	device    string
	confirmed map[string]bool
}

// look keeps the page open until the context ends.
func (p *page) look(ctx context.Context) {
	for turn := 0; ctx.Err() == nil; turn++ {
		_ = p.listen(ctx, p.servers[turn%len(p.servers)]) // whatever ended it, the page comes back
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond): // a process that was killed can only be asked again
		}
	}
}

// listen holds one socket until it breaks.
func (p *page) listen(ctx context.Context, at *serving) error {
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}, HandshakeTimeout: 5 * time.Second}
	socket, _, err := dialer.DialContext(ctx, "ws://"+at.address+"/graphql", nil)
	if err != nil {
		return err
	}
	defer socket.Close()
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	for _, text := range []string{
		`{"type":"connection_init","payload":{"authorization":"Bearer ` + p.bearer + `"}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"subscription { changed { kind } }"}}`,
	} {
		if err := socket.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			return err
		}
	}
	for {
		if err := p.catchUp(ctx); err != nil {
			return err
		}
		for heard := ""; heard != "next"; {
			var message struct{ Type string }
			if err := socket.ReadJSON(&message); err != nil {
				return err
			}
			if heard = message.Type; heard == "ping" {
				if err := socket.WriteMessage(websocket.TextMessage, []byte(`{"type":"pong"}`)); err != nil {
					return err
				}
			}
		}
	}
}

// catchUp reads the inbox and confirms what is new in it.
func (p *page) catchUp(ctx context.Context) error {
	var inbox struct {
		Alerts struct {
			Nodes []struct {
				ID, Kind, State string
				Version         int
			}
		}
	}
	if err := p.ask(ctx, `{ alerts(first: 100) { nodes { id kind state version } } }`, nil, &inbox); err != nil {
		return err
	}
	var fresh []arrival
	var ids []string
	for _, a := range inbox.Alerts.Nodes {
		if !p.confirmed[a.ID] && slices.Contains([]string{"QUEUED", "SENT", "DELIVERED", "SEEN", "ESCALATED"}, a.State) {
			ids = append(ids, a.ID)
			fresh = append(fresh, arrival{p.token, map[string]string{"alertId": a.ID, "kind": a.Kind, "version": strconv.Itoa(a.Version)}})
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := p.ask(ctx, `mutation ($in: AlertsReceiveInput!) { alertsReceive(input: $in) { __typename ... on Problem { code } } }`, map[string]any{
		"in": map[string]any{"requestId": uuid.New(), "alertIds": ids, "seen": false, "deviceId": p.device},
	}, nil); err != nil {
		return err
	}
	for _, id := range ids {
		p.confirmed[id] = true
	}
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.list = append(p.of.list, fresh...)
	return nil
}

// ask sends a request to the first process that answers it.
func (p *page) ask(ctx context.Context, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	failed := errors.New("nobody serves")
	for _, s := range p.servers {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/graphql", bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+p.bearer)
		request.Header.Set("Content-Type", "application/json")
		response, err := (&http.Client{Timeout: 10 * time.Second}).Do(request)
		if err != nil {
			failed = err
			continue
		}
		var answer struct {
			Data   json.RawMessage
			Errors []json.RawMessage
		}
		err = json.NewDecoder(response.Body).Decode(&answer)
		_ = response.Body.Close()
		if err != nil || len(answer.Errors) > 0 {
			failed = fmt.Errorf("answered %s", answer.Errors)
			continue
		}
		if into == nil {
			return nil
		}
		return json.Unmarshal(answer.Data, into)
	}
	return failed
}
