package customer_test

import (
	"fmt"
	"time"

	"github.com/hexbeat/hexbeat/customer"
)

func ExampleWorkload() {
	fmt.Println(customer.Workload(20*time.Minute, 28)) // one call in four weeks
	fmt.Println(customer.Workload(20*time.Minute, 7))  // four calls
	// Output:
	// 20
	// 80
}
