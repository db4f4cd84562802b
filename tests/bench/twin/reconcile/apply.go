package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/util/csaupgrade"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"gyre/bench/twin/api"
)

const appliedHash = "gyre.dev/applied-hash"

var errNameTaken = errors.New("exists and belongs to something else")

// apply creates by POST and updates by server-side apply with the UID, and writes nothing when the cache has it already.
func (r *Reconciler) apply(ctx context.Context, owner *api.InferenceService, desired client.Object) error {
	text, err := json.Marshal(desired)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	desired.SetAnnotations(map[string]string{appliedHash: hex.EncodeToString(sum[:])[:16]})

	cached := empty(desired)
	key := client.ObjectKeyFromObject(desired)
	if err := r.Get(ctx, key, cached); apierrors.IsNotFound(err) {
		if err := r.Create(ctx, desired, fieldManager); !apierrors.IsAlreadyExists(err) {
			return err
		}
	} else if err != nil {
		return err
	} else if metav1.IsControlledBy(cached, owner) && matches(desired, cached) {
		return nil
	}
	return r.update(ctx, owner, desired)
}

func (r *Reconciler) update(ctx context.Context, owner *api.InferenceService, desired client.Object) error {
	live := empty(desired)
	if err := r.Live.Get(ctx, client.ObjectKeyFromObject(desired), live); err != nil {
		return err
	}
	if !metav1.IsControlledBy(live, owner) {
		return errNameTaken
	}
	if matches(desired, live) {
		return nil
	}
	// What was created by POST is owned by "Update"; only fields of "Apply" go away when we stop setting them.
	if patch, err := csaupgrade.UpgradeManagedFieldsPatch(live, sets.New(string(fieldManager)), string(fieldManager)); err != nil {
		return err
	} else if patch != nil {
		if err := r.Patch(ctx, live, client.RawPatch(types.JSONPatchType, patch)); err != nil {
			return err
		}
	}
	desired.SetUID(live.GetUID())
	configuration, err := applyConfiguration(desired)
	if err != nil {
		return err
	}
	return r.Apply(ctx, configuration, fieldManager, client.ForceOwnership)
}

// matches says whether live has all that we want; others may have added to it.
func matches(desired, live client.Object) bool {
	if live.GetAnnotations()[appliedHash] != desired.GetAnnotations()[appliedHash] ||
		!covers(desired.GetLabels(), live.GetLabels()) {
		return false
	}
	switch want := desired.(type) {
	case *appsv1.ControllerRevision:
		// Immutable.
		return want.Revision == live.(*appsv1.ControllerRevision).Revision
	case *appsv1.Deployment:
		return covers(want.Spec, live.(*appsv1.Deployment).Spec)
	case *corev1.Service:
		return covers(want.Spec, live.(*corev1.Service).Spec)
	case *corev1.ConfigMap:
		return covers(want.Data, live.(*corev1.ConfigMap).Data)
	}
	return false
}

func empty(object client.Object) client.Object {
	switch object.(type) {
	case *appsv1.ControllerRevision:
		return &appsv1.ControllerRevision{}
	case *appsv1.Deployment:
		return &appsv1.Deployment{}
	case *corev1.Service:
		return &corev1.Service{}
	case *corev1.ConfigMap:
		return &corev1.ConfigMap{}
	}
	panic(fmt.Sprintf("no child is a %T", object))
}

func applyConfiguration(object client.Object) (runtime.ApplyConfiguration, error) {
	var out runtime.ApplyConfiguration
	switch object.(type) {
	case *appsv1.ControllerRevision:
		out = &appsapply.ControllerRevisionApplyConfiguration{}
	case *appsv1.Deployment:
		out = &appsapply.DeploymentApplyConfiguration{}
	case *corev1.Service:
		out = &coreapply.ServiceApplyConfiguration{}
	case *corev1.ConfigMap:
		out = &coreapply.ConfigMapApplyConfiguration{}
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	// The typed object writes them even when we own nothing in them.
	delete(fields, "status")
	if text, err = json.Marshal(fields); err != nil {
		return nil, err
	}
	return out, json.Unmarshal(text, out)
}
