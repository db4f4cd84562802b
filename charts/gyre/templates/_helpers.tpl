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
