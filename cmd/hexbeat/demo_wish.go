package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// demoWish is what a demo's data is made from. A data folder keeps it.
type demoWish struct {
	Seed      uint64 `json:"seed"`
	Reps      int    `json:"reps"`
	Customers string `json:"-"`
	Zone      string `json:"zone,omitempty"`
	Hash      string `json:"customers,omitempty"` // of the customer file's content
	Ready     bool   `json:"ready"`               // the folder was filled to the end
}

// demoState says what a data folder holds.
type demoState int

const (
	empty demoState = iota
	half            // filling was interrupted
	full
)

const (
	wishFile = "demo-wish.json"
	linkFile = "demo.json"
)

// fingerprint reads the customer file once, so that another file under the same name is noticed.
func (w *demoWish) fingerprint() error {
	if w.Customers == "" {
		w.Zone = ""
		return nil
	}
	file, err := os.Open(w.Customers)
	if err != nil {
		return fmt.Errorf("read --customers: %w", err)
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("read --customers: %w", err)
	}
	w.Hash = hex.EncodeToString(hash.Sum(nil))
	return nil
}

// compare says how far the folder holds what is wished for, and refuses one that holds something else.
func (w *demoWish) compare(dir string) (demoState, error) {
	text, err := os.ReadFile(filepath.Join(dir, wishFile))
	if errors.Is(err, fs.ErrNotExist) {
		return empty, refuseStrangers(dir)
	}
	if err != nil {
		return empty, fmt.Errorf("read the demo's folder: %w", err)
	}
	var held demoWish
	if err := json.Unmarshal(text, &held); err != nil {
		return empty, fmt.Errorf("%s in %s can't be read: choose another --data-dir or delete the folder", wishFile, dir)
	}
	if held.Seed != w.Seed || held.Reps != w.Reps || held.Hash != w.Hash || held.Zone != w.Zone {
		return empty, fmt.Errorf("%s holds another demo (%s) than asked for (%s): choose another --data-dir or delete the folder", dir, held, *w)
	}
	if !held.Ready {
		return half, nil
	}
	return full, nil
}

func (w demoWish) String() string {
	what := "generated city"
	if w.Hash != "" {
		what = "customer file " + w.Hash[:8]
	}
	return fmt.Sprintf("%s, %d reps, seed %d", what, w.Reps, w.Seed)
}

// refuseStrangers refuses a folder with things that no demo put there.
func refuseStrangers(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the demo's folder: %w", err)
	}
	return fmt.Errorf("%s is not empty and holds no demo: choose another --data-dir", dir)
}

// save keeps the wish in the folder.
func (w demoWish) save(dir string, ready bool) error {
	w.Ready = ready
	return writeFile(filepath.Join(dir, wishFile), w)
}

// writeFile replaces a file in one step: a reader sees the old one or the new one.
func writeFile(path string, content any) error {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(fresh.Name()) // gone already when all went well
	_, err = fresh.Write(append(text, '\n'))
	if err := errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(fresh.Name(), path)
}
