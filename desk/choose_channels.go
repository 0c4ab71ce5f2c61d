package desk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// How much a choice of channels may hold.
const (
	mostChannels     = 16
	longestTransport = 32
)

// ChooseChannels is the order in which the calling rep wants to be reached. Transports not named come after; none at all is the branch's
// order.
type ChooseChannels struct {
	Channels []string
}

func (c ChooseChannels) run(ctx context.Context, tx *Tx) ([]string, error) {
	if tx.Caller.Rep == uuid.Nil {
		return nil, ErrNotARep
	}
	channels, err := transports(c.Channels)
	if err != nil {
		return nil, err
	}
	tx.concerns(tx.Caller.Rep)
	return channels, tx.ChooseChannels(ctx, tx.Caller.Rep, channels)
}

// transports are the names as they are kept: in capital letters, each once.
func transports(names []string) ([]string, error) {
	if len(names) > mostChannels {
		return nil, Invalid{Path: []string{"channels"}, Code: "TOO_MANY"}
	}
	channels := []string{}
	for _, name := range names {
		if utf8.RuneCountInString(name) > longestTransport {
			return nil, Invalid{Path: []string{"channels"}, Code: "TOO_LONG"}
		}
		name = strings.ToUpper(strings.TrimSpace(name))
		if name == "" {
			return nil, Invalid{Path: []string{"channels"}, Code: "EMPTY"}
		}
		if !slices.Contains(channels, name) {
			channels = append(channels, name)
		}
	}
	return channels, nil
}
