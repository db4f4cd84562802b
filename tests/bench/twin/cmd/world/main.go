// Command world makes the load of the runtime benchmark. It reads one command a line and answers each with a line of
// JSON: figures, or {"error": …}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"gyre/bench/twin/world"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file that says how to reach the API server")
	connections := flag.Int("connections", 32, "requests in flight at once")
	flag.Parse()
	ctrllog.SetLogger(zap.New())
	if err := run(*kubeconfig, *connections); err != nil {
		fmt.Fprintln(os.Stderr, "cannot run:", err)
		os.Exit(1)
	}
}

func run(kubeconfig string, connections int) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS = -1
	ctx := context.Background()
	around, err := world.New(ctx, config, connections)
	if err != nil {
		return err
	}
	answers := json.NewEncoder(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		figures, err := carryOut(ctx, around, lines.Text())
		if err != nil {
			err = answers.Encode(map[string]string{"error": fmt.Sprintf("%s: %v", lines.Text(), err)})
		} else {
			err = answers.Encode(figures)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func carryOut(ctx context.Context, around *world.World, line string) (world.Figures, error) {
	name, rest, _ := strings.Cut(line, " ")
	var a, b int
	_, _ = fmt.Sscan(rest, &a, &b)
	switch name {
	case "watch":
		return world.Figures{}, around.Watch(ctx)
	case "ceiling":
		return around.Ceiling(ctx, a)
	case "burst":
		return around.Burst(ctx, a)
	case "rate":
		return around.Rate(ctx, a, b)
	case "change":
		return around.Change(ctx, a)
	case "touch":
		return around.Touch(ctx, a, b)
	case "delete":
		return around.Delete(ctx, a)
	case "probe":
		return around.Probe(ctx)
	case "dump":
		return around.Dump(ctx, rest)
	}
	return nil, fmt.Errorf("no such command")
}
