package pbx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// ErrNoRoot says that there is no private Asterisk on this machine yet.
var ErrNoRoot = errors.New("there is no private Asterisk on this machine: run `make asterisk` (scripts/asterisk-root.sh)")

// RootEnv names the variable that overrides where the root is looked for.
const RootEnv = "DIALWRIGHT_ASTERISK_ROOT"

// FindRoot returns the path of the root that scripts/asterisk-root.sh built
// last for this user. The error is ErrNoRoot if there is none.
func FindRoot() (string, error) {
	root := os.Getenv(RootEnv)
	if root == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the private Asterisk: %w", err)
		}
		root = filepath.Join(cache, "dialwright", "asterisk-root")
	}
	root, err := filepath.EvalSymlinks(root)
	if errors.Is(err, os.ErrNotExist) {
		return "", ErrNoRoot
	}
	if err != nil {
		return "", fmt.Errorf("find the private Asterisk: %w", err)
	}
	if _, err := openProgram(root); err != nil {
		return "", err
	}
	return root, nil
}

// program is where the parts of Asterisk lie inside a root.
type program struct {
	loader  string // the root's ld.so
	libs    string // its multiarch library directory
	binary  string
	modules string
	data    string
}

func openProgram(root string) (program, error) {
	binary := filepath.Join(root, "usr/sbin/asterisk")
	if _, err := os.Stat(binary); err != nil {
		return program{}, fmt.Errorf("%w (%s holds no usr/sbin/asterisk)", ErrNoRoot, root)
	}
	// Debian's multiarch path has the machine's triplet in it; only one fits.
	modules, err := filepath.Glob(filepath.Join(root, "usr/lib/*/asterisk/modules"))
	if err != nil || len(modules) != 1 {
		return program{}, fmt.Errorf("private Asterisk %s: want one module directory, found %v", root, modules)
	}
	libs := filepath.Dir(filepath.Dir(modules[0]))
	loaders, err := filepath.Glob(filepath.Join(libs, "ld-linux*.so.*"))
	if err != nil || len(loaders) == 0 {
		return program{}, fmt.Errorf("private Asterisk %s: found no dynamic loader in %s", root, libs)
	}
	slices.Sort(loaders)
	return program{loader: loaders[0], libs: libs, binary: binary, modules: modules[0], data: filepath.Join(root, "usr/share/asterisk")}, nil
}

// args is the command line that runs Asterisk with the arguments given.
func (p program) args(args ...string) []string {
	return append([]string{p.loader, "--library-path", p.libs, p.binary}, args...)
}
