// Package world is everything around the operator that is measured: who creates objects, who makes Deployments
// available, and who notes when an InferenceService is Ready. The same for every contestant.
package world

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"gyre/bench/twin/api"
	"gyre/bench/twin/children"
)

// World talks to one API server.
type World struct {
	client      client.Client
	config      *rest.Config
	scheme      *runtime.Scheme
	connections int
	tracker     tracker
	cached      cache.Cache
	created     int
	generation  int64
}

// New makes the namespaces. `connections` is how many requests may be in flight at once.
func New(ctx context.Context, config *rest.Config, connections int) (*World, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, err
	}
	if err := api.AddToScheme(scheme); err != nil {
		return nil, err
	}
	direct, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, err
	}
	for number := range namespaces {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespaceOf(number)}}
		if err := direct.Create(ctx, namespace); err != nil {
			return nil, fmt.Errorf("create namespace %s: %w", namespace.Name, err)
		}
	}
	return &World{client: direct, config: config, scheme: scheme, connections: connections, generation: 1}, nil
}

// Watch starts to make Deployments available and to note what is Ready.
func (w *World) Watch(ctx context.Context) error {
	cached, err := cache.New(w.config, cache.Options{
		Scheme:           w.scheme,
		DefaultTransform: slim,
		ByObject:         map[client.Object]cache.ByObject{&appsv1.Deployment{}: {Label: labels.SelectorFromSet(children.Ours)}},
	})
	if err != nil {
		return err
	}
	w.cached = cached
	marking := newDeployments(w.client, cached)
	if err := handle(ctx, cached, &appsv1.Deployment{}, marking.see); err != nil {
		return err
	}
	if err := handle(ctx, cached, &api.InferenceService{}, w.tracker.see); err != nil {
		return err
	}
	go func() { _ = cached.Start(ctx) }()
	if !cached.WaitForCacheSync(ctx) {
		return fmt.Errorf("the watches do not start")
	}
	for range w.connections {
		go marking.work(ctx)
	}
	return nil
}

func handle[T client.Object](ctx context.Context, cached cache.Cache, object T, see func(T)) error {
	informer, err := cached.GetInformer(ctx, object, cache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(added any) { see(added.(T)) },
		UpdateFunc: func(_, changed any) { see(changed.(T)) },
	})
	return err
}

// slim keeps what this program reads.
func slim(object any) (any, error) {
	switch kept := object.(type) {
	case *appsv1.Deployment:
		kept.ManagedFields = nil
		kept.Spec.Template = corev1.PodTemplateSpec{}
	case *api.InferenceService:
		kept.ManagedFields = nil
		kept.Spec = api.InferenceServiceSpec{}
	}
	return object, nil
}

// limit is how long a command may take.
func limit(objects int) time.Duration {
	return time.Minute + time.Duration(objects)*100*time.Millisecond
}
