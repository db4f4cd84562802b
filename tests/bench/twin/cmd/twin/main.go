// Command twin is the operator of the runtime benchmark on controller-runtime, set up as its users are told to when
// memory and speed matter. GOMEMLIMIT comes from the environment.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/pprof"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager/signals"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"gyre/bench/twin/api"
	"gyre/bench/twin/children"
	"gyre/bench/twin/reconcile"
)

// controller-runtime adds --kubeconfig.
var (
	workers     = flag.Int("workers", 1, "reconciles at a time")
	metricsPort = flag.Int("metrics-port", 0, "port of /metrics and /debug/pprof/heap")
	noCopies    = flag.Bool("no-copies", false, "read the cache's own objects instead of copies")
	elects      = flag.Bool("leader-election", false, "reconcile only while this process holds the lease")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cannot run:", err)
		os.Exit(1)
	}
}

func run() error {
	ctrl.SetLogger(zap.New())
	rest, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	// The API server's priority and fairness is the limit.
	rest.QPS = -1

	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return err
	}
	if err := api.AddToScheme(scheme); err != nil {
		return err
	}
	manager, err := ctrl.NewManager(rest, ctrl.Options{
		Scheme:     scheme,
		Cache:      cacheOptions(),
		Client:     client.Options{Cache: &client.CacheOptions{EnableReadYourWritesConsistency: ptr.To(true)}},
		Controller: config.Controller{UsePriorityQueue: ptr.To(true), EnableWarmup: elects},
		// The times are ours, too: 15, 10 and 2 seconds. A standby fills its caches.
		LeaderElection:          *elects,
		LeaderElectionID:        "twin",
		LeaderElectionNamespace: metav1.NamespaceDefault,
		Metrics: server.Options{
			BindAddress: fmt.Sprintf("127.0.0.1:%d", *metricsPort),
			// How much is live after a collection: what GOMEMLIMIT is chosen by.
			ExtraHandlers: map[string]http.Handler{"/debug/pprof/heap": pprof.Handler("heap")},
		},
	})
	if err != nil {
		return err
	}
	reconciler := &reconcile.Reconciler{Client: manager.GetClient(), Live: manager.GetAPIReader()}
	if err := reconciler.Register(manager, *workers); err != nil {
		return err
	}
	return manager.Start(signals.SetupSignalHandler())
}

func cacheOptions() cache.Options {
	ours := cache.ByObject{Label: labels.SelectorFromSet(children.Ours)}
	return cache.Options{
		DefaultTransform:             cache.TransformStripManagedFields(),
		DefaultUnsafeDisableDeepCopy: noCopies,
		ByObject: map[client.Object]cache.ByObject{
			&appsv1.ControllerRevision{}: ours,
			&appsv1.Deployment{}:         ours,
			&corev1.Service{}:            ours,
			&corev1.ConfigMap{}:          ours,
		},
	}
}
