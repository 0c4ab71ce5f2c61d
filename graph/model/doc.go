// Package model holds what the wire needs beyond the domain's own types: inputs and results, which are
// generated, and the few shapes below that are not.
package model
