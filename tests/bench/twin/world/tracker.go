package world

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"gyre/bench/twin/api"
)

type expectation struct {
	generation int64
	since      time.Time
}

// tracker waits until objects are Ready at a generation, and notes how long each took.
type tracker struct {
	mutex     sync.Mutex
	expected  map[client.ObjectKey]expectation
	latencies []time.Duration
	done      chan struct{}
}

// reset forgets what was, and expects `count` more.
func (t *tracker) reset(count int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.expected = make(map[client.ObjectKey]expectation, count)
	t.latencies = make([]time.Duration, 0, count)
	t.done = make(chan struct{})
}

// expect starts the clock of one object. Call before the write that makes it happen.
func (t *tracker) expect(key client.ObjectKey, generation int64) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.expected[key] = expectation{generation, time.Now()}
}

func (t *tracker) see(service *api.InferenceService) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	key := client.ObjectKeyFromObject(service)
	expected, found := t.expected[key]
	if !found || service.Status.ObservedGeneration < expected.generation ||
		!meta.IsStatusConditionTrue(service.Status.Conditions, "Ready") {
		return
	}
	t.latencies = append(t.latencies, time.Since(expected.since))
	delete(t.expected, key)
	if len(t.latencies) == cap(t.latencies) {
		close(t.done)
	}
}

// Figures are what one command measured.
type Figures map[string]float64

// wait returns once all that reset asked for are Ready.
func (t *tracker) wait(started time.Time, limit time.Duration) (Figures, error) {
	t.mutex.Lock()
	done := t.done
	t.mutex.Unlock()
	select {
	case <-done:
	case <-time.After(limit):
		t.mutex.Lock()
		defer t.mutex.Unlock()
		for key := range t.expected {
			return nil, fmt.Errorf("after %s %d of %d objects are not Ready, %s among them", limit, len(t.expected), cap(t.latencies), key)
		}
	}
	seconds := time.Since(started).Seconds()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	slices.Sort(t.latencies)
	at := func(share float64) float64 {
		return t.latencies[int(share*float64(len(t.latencies)-1))].Seconds()
	}
	return Figures{"seconds": seconds, "p50": at(0.5), "p99": at(0.99)}, nil
}
