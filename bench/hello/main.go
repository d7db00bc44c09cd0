// Command hello is the smallest Go program: what every start pays.
package main

import "os"

func main() { _, _ = os.Stdout.WriteString("hello, world\n") }
