package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// liveServer is a hexbeat that serves, as a process of its own.
type liveServer struct {
	url string
	cmd *exec.Cmd
}

// serveLive starts the program on a database and waits until it is ready.
func serveLive(ctx context.Context, program, database, dir string) (*liveServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	said, err := os.Create(filepath.Join(dir, "serve.log"))
	if err != nil {
		return nil, err
	}
	defer said.Close()
	s := &liveServer{url: "http://" + address, cmd: exec.CommandContext(ctx, program, "serve", "--addr", address)}
	s.cmd.Env = append(os.Environ(), "DATABASE_URL="+database)
	s.cmd.Stdout, s.cmd.Stderr = said, said
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 600 {
		response, err := http.Get(s.url + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	words, _ := os.ReadFile(said.Name())
	return nil, errors.Join(fmt.Errorf("the server does not become ready: %s", strings.TrimSpace(string(words))), s.stop())
}

func (s *liveServer) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// memory is how much of the machine's the process holds, in MB, and the most it ever held; 0 where the system does not tell.
func (s *liveServer) memory() (now, most float64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kB, err := strconv.ParseFloat(fields[1], 64)
		switch {
		case err != nil:
		case fields[0] == "VmRSS:":
			now = kB / 1024
		case fields[0] == "VmHWM:":
			most = kB / 1024
		}
	}
	return now, most
}

// ask sends one operation and reads its data into the answer. It says how long that took, from the first byte sent to the last one read.
func (s *liveServer) ask(ctx context.Context, token, operation string, variables map[string]any, answer any) (time.Duration, error) {
	body, err := json.Marshal(map[string]any{"query": operation, "variables": variables})
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	begin := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	took := time.Since(begin)
	if err != nil {
		return took, err
	}
	var envelope struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(said, &envelope); err != nil || len(envelope.Errors) > 0 {
		return took, fmt.Errorf("%s answered %.500s", strings.Fields(operation)[1], said)
	}
	return took, json.Unmarshal(envelope.Data, answer)
}
