// Command webhook is the peer of the webhook benchmark: a validating webhook of InferenceServices as kubebuilder
// scaffolds it on controller-runtime, with rules of the kind that its users write.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager/signals"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"gyre/bench/twin/api"
)

var (
	port         = flag.Int("port", 0, "port on loopback")
	certificates = flag.String("certificates", "", "folder of tls.crt and tls.key")
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
	scheme := runtime.NewScheme()
	if err := api.AddToScheme(scheme); err != nil {
		return err
	}
	server := webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: *port, CertDir: *certificates})
	server.Register("/validate", admission.WithValidator[*api.InferenceService](scheme, validator{}))
	return server.Start(signals.SetupSignalHandler())
}

type validator struct{}

func (validator) ValidateCreate(_ context.Context, service *api.InferenceService) (admission.Warnings, error) {
	return nil, check(service)
}

func (validator) ValidateUpdate(_ context.Context, _, service *api.InferenceService) (admission.Warnings, error) {
	return nil, check(service)
}

func (validator) ValidateDelete(context.Context, *api.InferenceService) (admission.Warnings, error) {
	return nil, nil
}

func check(service *api.InferenceService) error {
	found := checkPredictor(&service.Spec.Predictor, field.NewPath("spec", "predictor"))
	if service.Spec.Rollout != nil {
		found = append(found, checkSteps(service.Spec.Rollout.Steps, field.NewPath("spec", "rollout", "steps"))...)
	}
	if len(found) == 0 {
		return nil
	}
	kind := api.GroupVersion.WithKind("InferenceService").GroupKind()
	return apierrors.NewInvalid(kind, service.Name, found)
}

func checkPredictor(predictor *api.Predictor, path *field.Path) field.ErrorList {
	var found field.ErrorList
	if predictor.MinReplicas < 0 {
		found = append(found, field.Invalid(path.Child("minReplicas"), predictor.MinReplicas, "must not be negative"))
	}
	if (predictor.Runtime == "") == (predictor.Template == nil) {
		found = append(found, field.Invalid(path, predictor.Runtime, "set one of runtime and template"))
	}
	return found
}

func checkSteps(steps []api.RolloutStep, path *field.Path) field.ErrorList {
	var found field.ErrorList
	last := int32(0)
	for i, step := range steps {
		if step.SetWeight == nil {
			continue
		}
		if weight := *step.SetWeight; weight < last || weight > 100 {
			found = append(found, field.Invalid(path.Index(i).Child("setWeight"), weight, "must rise, to 100 at most"))
		}
		last = *step.SetWeight
	}
	return found
}
