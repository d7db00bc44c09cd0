// Vaultdev serves the core of HashiCorp Vault from memory, for the tests of package store: vaultdev ADDRESS. Its address and
// root token are the only line of its output. scripts/vaultdev builds it.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/hashicorp/go-hclog"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/builtin/credential/approle"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

func main() {
	logger := hclog.New(&hclog.LoggerOptions{Level: hclog.Error})
	storage, err := inmem.NewInmem(nil, logger)
	check(err)
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical: storage, DisableMlock: true, Logger: logger, BuiltinRegistry: plugins{},
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory},
		CredentialBackends: map[string]logical.Factory{"approle": approle.Factory},
	})
	check(err)
	init, err := core.Initialize(context.Background(), &vault.InitParams{
		BarrierConfig: &vault.SealConfig{SecretShares: 1, SecretThreshold: 1}, RecoveryConfig: &vault.SealConfig{},
	})
	check(err)
	_, err = core.Unseal(init.SecretShares[0])
	check(err)
	l, err := net.Listen("tcp", os.Args[1])
	check(err)
	fmt.Println(l.Addr(), init.RootToken)
	check(http.Serve(l, vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: core, ListenerConfig: &configutil.Listener{}})))
}

// plugins are the engines and logins that the tests use.
type plugins struct{}

func (plugins) Contains(name string, kind consts.PluginType) bool {
	return name == "kv" && kind == consts.PluginTypeSecrets || name == "approle" && kind == consts.PluginTypeCredential
}

func (p plugins) Get(name string, kind consts.PluginType) (func() (any, error), bool) {
	factory := logical.Factory(kv.Factory)
	if name == "approle" {
		factory = approle.Factory
	}
	return func() (any, error) { return factory, nil }, p.Contains(name, kind)
}

func (plugins) Keys(kind consts.PluginType) []string {
	return map[consts.PluginType][]string{consts.PluginTypeSecrets: {"kv"}, consts.PluginTypeCredential: {"approle"}}[kind]
}

func (plugins) DeprecationStatus(string, consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, true
}

func (plugins) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
