// Package auth knows who is asking: a caller with roles in an organization, and the secrets
// that prove it. Which rows a caller may see is decided in the record, from the Caller.
//
//	if !caller.Has(auth.Dispatcher) { … }
package auth
