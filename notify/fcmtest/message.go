package fcmtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// maxPayload is how many bytes of message FCM carries.
const maxPayload = 4096

// Message is a message as it came, and the name FCM gave it.
type Message struct {
	Name  string
	At    time.Time
	Token string
	Data  map[string]string
	Raw   json.RawMessage // the message object, byte for byte
}

// message is the part of FCM's message that the fake looks into; what stands as RawMessage may be anything.
type message struct {
	Token        string            `json:"token"`
	Topic        string            `json:"topic"`
	Condition    string            `json:"condition"`
	Data         map[string]string `json:"data"`
	Android      *android          `json:"android"`
	APNS         *apns             `json:"apns"`
	Notification json.RawMessage   `json:"notification"`
	Webpush      json.RawMessage   `json:"webpush"`
	Options      json.RawMessage   `json:"fcm_options"`
}

type android struct {
	CollapseKey  string            `json:"collapse_key"`
	Priority     string            `json:"priority"`
	TTL          string            `json:"ttl"`
	Package      string            `json:"restricted_package_name"`
	Data         map[string]string `json:"data"`
	Notification json.RawMessage   `json:"notification"`
	Options      json.RawMessage   `json:"fcm_options"`
	DirectBoot   bool              `json:"direct_boot_ok"`
}

type apns struct {
	Headers      map[string]string `json:"headers"`
	Payload      json.RawMessage   `json:"payload"`
	Options      json.RawMessage   `json:"fcm_options"`
	LiveActivity string            `json:"live_activity_token"`
}

var ttlPattern = regexp.MustCompile(`^\d+(\.\d{1,9})?s$`)

// parse reads the body of a send. A refusal is an answer that names the field.
func parse(body []byte) (m Message, validateOnly bool, refusal *Answer) {
	var request struct {
		Message      json.RawMessage `json:"message"`
		ValidateOnly bool            `json:"validate_only"`
	}
	var fields message
	if err := strict(body, &request); err != nil {
		return Message{}, false, malformed("", err.Error())
	}
	if err := strict(request.Message, &fields); err != nil {
		return Message{}, false, malformed("message", err.Error())
	}
	if field, complaint := fields.complaint(); complaint != "" {
		return Message{}, false, malformed(field, complaint)
	}
	return Message{Token: fields.Token, Data: fields.Data, Raw: request.Message}, request.ValidateOnly, nil
}

func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func malformed(field, message string) *Answer {
	answer := BadField(field)
	answer.message = message
	return &answer
}

// complaint is what FCM would refuse the message for: the field, and the sentence. No sentence: nothing.
func (m message) complaint() (field, sentence string) {
	if m.Token == "" {
		return "message", "Recipient of the message is not set. (The fake knows tokens only.)"
	}
	if m.Topic != "" || m.Condition != "" {
		return "message", "Only one recipient may be set."
	}
	size := 0
	for key, value := range m.Data {
		if reserved(key) {
			return "message.data", fmt.Sprintf("Invalid data payload key: %s", key)
		}
		size += len(key) + len(value)
	}
	if m.APNS != nil {
		size += len(m.APNS.Payload)
	}
	if m.Android != nil {
		if p := strings.ToLower(m.Android.Priority); p != "" && p != "high" && p != "normal" {
			return "message.android.priority", "Invalid value at 'message.android.priority'."
		}
		if m.Android.TTL != "" && !ttlPattern.MatchString(m.Android.TTL) {
			return "message.android.ttl", "Invalid value at 'message.android.ttl'."
		}
		size += len(m.Android.Notification)
	}
	if size += len(m.Notification); size > maxPayload {
		return "message", "Message is too big."
	}
	return "", ""
}

func reserved(key string) bool {
	return key == "" || key == "from" || key == "message_type" || strings.HasPrefix(key, "google") || strings.HasPrefix(key, "gcm")
}
