{{- define "gyre.labels" -}}
app.kubernetes.io/name: gyre
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "gyre.selector" -}}
app.kubernetes.io/name: gyre
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "gyre.serviceAccount" -}}
{{ .Values.serviceAccount.name | default "gyre-operator" }}
{{- end -}}

{{- define "gyre.image" -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end -}}

{{- define "gyre.dataplaneImage" -}}
{{ printf "%s:%s" .Values.dataplaneImage.repository (.Values.dataplaneImage.tag | default .Values.image.tag | default .Chart.AppVersion) }}
{{- end -}}

{{/* Cluster-wide objects carry the namespace, so that two releases do not meet. */}}
{{- define "gyre.clusterName" -}}
{{ printf "gyre-%s" .Release.Namespace }}
{{- end -}}

{{/* What the operator may do where our objects are: in the whole cluster, or in each of watchNamespaces. */}}
{{- define "gyre.rules" -}}
- apiGroups: [gyre.dev]
  resources: [experiments, trainingjobs, modelversions, inferenceservices, driftmonitors]
  verbs: [get, list, watch]
- apiGroups: [gyre.dev]
  resources: [experiments/status, trainingjobs/status, modelversions/status, inferenceservices/status, driftmonitors/status]
  verbs: [patch]
- apiGroups: [gyre.dev]
  resources: [trainingjobs]
  verbs: [create, patch, delete]
- apiGroups: [gyre.dev]
  resources: [modelversions]
  verbs: [create, patch]
# Owner references that block the owner's deletion need the right to update its finalizers.
- apiGroups: [gyre.dev]
  resources: [experiments/finalizers, trainingjobs/finalizers, modelversions/finalizers, inferenceservices/finalizers, driftmonitors/finalizers]
  verbs: [update]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [apps]
  resources: [deployments, controllerrevisions]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services, configmaps]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
# Pod templates are checked by a dry run; nothing is stored.
- apiGroups: [""]
  resources: [podtemplates]
  verbs: [create]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch, update]
{{- end -}}

{{- define "gyre.subjects" -}}
- kind: ServiceAccount
  name: {{ include "gyre.serviceAccount" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
