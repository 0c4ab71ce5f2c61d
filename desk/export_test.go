package desk

// RefusalCode is for tests that tell a rule of the trade from a fault.
var RefusalCode = refusalCode
