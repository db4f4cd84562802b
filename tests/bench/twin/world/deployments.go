package world

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// deployments stands in for the deployment controller: what is wanted is available at once.
type deployments struct {
	client client.Client
	cached client.Reader
	queue  workqueue.TypedRateLimitingInterface[client.ObjectKey]
}

func newDeployments(direct client.Client, cached client.Reader) *deployments {
	return &deployments{direct, cached, workqueue.NewTypedRateLimitingQueue(
		workqueue.NewTypedItemExponentialFailureRateLimiter[client.ObjectKey](50*time.Millisecond, time.Second))}
}

func (d *deployments) see(deployment *appsv1.Deployment) {
	if deployment.Spec.Replicas != nil && deployment.Status.AvailableReplicas != *deployment.Spec.Replicas {
		d.queue.Add(client.ObjectKeyFromObject(deployment))
	}
}

func (d *deployments) work(ctx context.Context) {
	for {
		key, shutdown := d.queue.Get()
		if shutdown {
			return
		}
		if err := d.makeAvailable(ctx, key); err != nil {
			d.queue.AddRateLimited(key)
		} else {
			d.queue.Forget(key)
		}
		d.queue.Done(key)
	}
}

func (d *deployments) makeAvailable(ctx context.Context, key client.ObjectKey) error {
	var deployment appsv1.Deployment
	if err := d.cached.Get(ctx, key, &deployment); err != nil {
		return client.IgnoreNotFound(err)
	}
	if deployment.Status.AvailableReplicas == *deployment.Spec.Replicas {
		return nil
	}
	return patchStatus(ctx, d.client, key, deployment.Generation, *deployment.Spec.Replicas, "ReplicaSet has successfully progressed.")
}

// patchStatus writes what the deployment controller would.
func patchStatus(ctx context.Context, c client.Client, key client.ObjectKey, generation int64, replicas int32, message string) error {
	now := time.Now().UTC().Format(time.RFC3339)
	condition := func(kind, reason, message string) string {
		return fmt.Sprintf(`{"type":%q,"status":"True","reason":%q,"message":%q,"lastUpdateTime":%q,"lastTransitionTime":%q}`,
			kind, reason, message, now, now)
	}
	status := fmt.Sprintf(`{"status":{"observedGeneration":%d,"replicas":%d,"updatedReplicas":%d,"readyReplicas":%d,"availableReplicas":%d,"conditions":[%s,%s]}}`,
		generation, replicas, replicas, replicas, replicas,
		condition("Available", "MinimumReplicasAvailable", "Deployment has minimum availability."),
		condition("Progressing", "NewReplicaSetAvailable", message))
	target := &appsv1.Deployment{}
	target.Namespace, target.Name = key.Namespace, key.Name
	return c.Status().Patch(ctx, target, client.RawPatch(types.MergePatchType, []byte(status)), client.FieldOwner("deployments"))
}
