package local

import (
	"os"
	"strconv"
)

const (
	port   = 5432    // part of the socket's name only: nothing listens on the network
	maxLog = 8 << 20 // bytes; a larger log is set aside at the next start
)

// serverArgs are the settings that a private server must have, whatever its configuration file says.
func serverArgs(d directory, scratch bool) []string {
	settings := []string{
		"listen_addresses=", "port=" + strconv.Itoa(port),
		"unix_socket_directories=" + d.socketDir(), "unix_socket_permissions=0700",
		"timezone=UTC", "log_timezone=UTC", "cluster_name=hexbeat",
		"logging_collector=off", "log_destination=stderr", "log_checkpoints=off",
		// A refused statement is told to whoever sent it; its text and values are personal data.
		"log_error_verbosity=terse", "log_min_error_statement=panic", "log_min_messages=log",
		"max_connections=200",
	}
	if scratch {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0", "max_connections=400", "jit=off")
	} else {
		settings = append(settings, "fsync=on")
	}
	args := []string{"-D", d.pgdata()}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, notWritable(path, err)
		}
	}
	log, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, notWritable(path, err)
	}
	return log, nil
}
