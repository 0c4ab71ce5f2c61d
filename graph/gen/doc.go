// Package gen is what gqlgen makes of graph/schema: the execution of operations, and nothing written by hand but this sentence.
package gen
