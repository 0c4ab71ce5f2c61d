package notify

// The transports a device may name. The list is open: a device of another one waits for a program that speaks it.
const (
	FCM     = "FCM"     // Google's: Android with its services, iPhones
	WebPush = "WEBPUSH" // browsers; the token is the subscription as JSON
	Socket  = "SOCKET"  // the open websocket of a page or app; needs nobody else
	RuStore = "RUSTORE" // Android without Google's services
	HMS     = "HMS"     // Huawei
	Webhook = "WEBHOOK" // the company's own gateway, such as for SMS; the token is the gateway's address of the rep
	Email   = "EMAIL"   // the token is the address
)

// Transports lists them in the order they are asked where nobody has chosen another. The socket comes first: it costs nothing, and what
// it reached within seconds nobody else need be asked to carry.
func Transports() []string {
	return []string{Socket, FCM, WebPush, RuStore, HMS, Webhook, Email}
}
