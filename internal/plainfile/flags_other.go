//go:build !unix

package plainfile

import "os"

const flags = os.O_RDONLY
