package world

import (
	"context"
	"fmt"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"gyre/bench/twin/api"
	"gyre/bench/twin/children"
)

// each calls act for every number below count, with so many at a time.
func each(count, atATime int, act func(int) error) error {
	numbers := make(chan int)
	failures := make(chan error, atATime)
	var group sync.WaitGroup
	for range atATime {
		group.Go(func() {
			for number := range numbers {
				if err := act(number); err != nil {
					select {
					case failures <- err:
					default:
					}
				}
			}
		})
	}
	for number := range count {
		numbers <- number
	}
	close(numbers)
	group.Wait()
	close(failures)
	return <-failures
}

func (w *World) create(ctx context.Context, number int) error {
	service := inferenceService(number)
	w.tracker.expect(client.ObjectKeyFromObject(service), 1)
	return w.client.Create(ctx, service)
}

// Burst creates objects as fast as the API server takes them, and waits until all are Ready.
func (w *World) Burst(ctx context.Context, count int) (Figures, error) {
	first := w.created
	w.created += count
	w.tracker.reset(count)
	started := time.Now()
	if err := each(count, w.connections, func(i int) error { return w.create(ctx, first+i) }); err != nil {
		return nil, err
	}
	return w.tracker.wait(started, limit(count))
}

// Rate creates objects at a fixed rate, whatever becomes of the earlier ones, and waits until all are Ready.
func (w *World) Rate(ctx context.Context, count, perSecond int) (Figures, error) {
	first := w.created
	w.created += count
	w.tracker.reset(count)
	started := time.Now()
	if err := paced(count, perSecond, count, func(i int) error { return w.create(ctx, first+i) }); err != nil {
		return nil, err
	}
	return w.tracker.wait(started, limit(count))
}

// paced starts act so many times a second without waiting for its end, unless that many have not ended yet.
func paced(count, perSecond, atATime int, act func(int) error) error {
	ticks := time.NewTicker(time.Second / time.Duration(perSecond))
	defer ticks.Stop()
	slots := make(chan struct{}, atATime)
	failures := make(chan error, count)
	var group sync.WaitGroup
	for i := range count {
		<-ticks.C
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := act(i); err != nil {
				failures <- err
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

// Change changes the spec of the first objects (the replicas of the Deployment and the routes follow), and waits until
// they are Ready again.
func (w *World) Change(ctx context.Context, count int) (Figures, error) {
	w.generation++
	w.tracker.reset(count)
	started := time.Now()
	patch := fmt.Appendf(nil, `{"spec":{"predictor":{"minReplicas":%d,"timeoutSeconds":%d}}}`, w.generation, 60*w.generation)
	change := func(number int) error {
		target := &api.InferenceService{}
		target.Namespace, target.Name = namespaceOf(number), inferenceService(number).Name
		w.tracker.expect(client.ObjectKeyFromObject(target), w.generation)
		return w.client.Patch(ctx, target, client.RawPatch(types.MergePatchType, patch))
	}
	if err := each(count, w.connections, change); err != nil {
		return nil, err
	}
	return w.tracker.wait(started, limit(count))
}

// Touch updates the status of children in a way that changes nothing for their owner, as the deployment controller does
// all day.
func (w *World) Touch(ctx context.Context, perSecond, seconds int) (Figures, error) {
	var all appsv1.DeploymentList
	if err := w.cached.List(ctx, &all); err != nil {
		return nil, err
	}
	started := time.Now()
	err := paced(perSecond*seconds, perSecond, w.connections, func(i int) error {
		deployment := &all.Items[i%len(all.Items)]
		return patchStatus(ctx, w.client, client.ObjectKeyFromObject(deployment), deployment.Generation,
			*deployment.Spec.Replicas, fmt.Sprintf("ReplicaSet has successfully progressed, look %d.", i))
	})
	return Figures{"updates": float64(perSecond * seconds), "seconds": time.Since(started).Seconds()}, err
}

// Delete deletes the first objects, and then their children as the garbage collector would.
func (w *World) Delete(ctx context.Context, count int) (Figures, error) {
	started := time.Now()
	err := each(count, w.connections, func(number int) error { return w.client.Delete(ctx, inferenceService(number)) })
	if err != nil {
		return nil, err
	}
	// An operator that has not heard of it would make the child again.
	time.Sleep(time.Second)
	err = each(count, w.connections, func(number int) error {
		objects, err := children.Make(inferenceService(number))
		for _, child := range objects {
			if err == nil {
				err = w.client.Delete(ctx, child)
			}
		}
		return err
	})
	return Figures{"seconds": time.Since(started).Seconds()}, err
}

// Probe creates one object, again and again while there is no API server, and waits until it is Ready.
func (w *World) Probe(ctx context.Context) (Figures, error) {
	number := w.created
	w.created++
	w.tracker.reset(1)
	started := time.Now()
	for err := w.create(ctx, number); err != nil; err = w.create(ctx, number) {
		if time.Since(started) > time.Minute {
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	// The operator has all objects to look at again first.
	return w.tracker.wait(started, limit(w.created))
}
