// Generated from Kubernetes' Go types by operator/kube/protobuf/generate (make generate). Do not edit.

#include "operator/kube/protobuf/schema.h"

namespace gyre::kube::protobuf {
namespace {

using enum Type;
using enum Form;
using enum Presence;

// clang-format off

constexpr Field kMetaV1OwnerReferenceFields[] = {
    {1, "kind", kString, kOne, kAlways, nullptr},
    {3, "name", kString, kOne, kAlways, nullptr},
    {4, "uid", kString, kOne, kAlways, nullptr},
    {5, "apiVersion", kString, kOne, kAlways, nullptr},
    {6, "controller", kBool, kOne, kIfThere, nullptr},
    {7, "blockOwnerDeletion", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kMetaV1OwnerReference = {kMetaV1OwnerReferenceFields};

constexpr Field kMetaV1ObjectMetaFields[] = {
    {1, "name", kString, kOne, kUnlessZero, nullptr},
    {2, "generateName", kString, kOne, kUnlessZero, nullptr},
    {3, "namespace", kString, kOne, kUnlessZero, nullptr},
    {4, "selfLink", kString, kOne, kUnlessZero, nullptr},
    {5, "uid", kString, kOne, kUnlessZero, nullptr},
    {6, "resourceVersion", kString, kOne, kUnlessZero, nullptr},
    {7, "generation", kInteger, kOne, kUnlessZero, nullptr},
    {8, "creationTimestamp", kTime, kOne, kUnlessZero, nullptr},
    {9, "deletionTimestamp", kTime, kOne, kIfThere, nullptr},
    {10, "deletionGracePeriodSeconds", kInteger, kOne, kIfThere, nullptr},
    {11, "labels", kString, kMap, kIfThere, nullptr},
    {12, "annotations", kString, kMap, kIfThere, nullptr},
    {13, "ownerReferences", kMessage, kList, kIfThere, &kMetaV1OwnerReference},
    {14, "finalizers", kString, kList, kIfThere, nullptr},
    {17, "managedFields", kUnread, kList, kIfThere, nullptr},
};
constexpr Message kMetaV1ObjectMeta = {kMetaV1ObjectMetaFields};

constexpr Field kCoreV1ConfigMapFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "data", kString, kMap, kIfThere, nullptr},
    {3, "binaryData", kBytes, kMap, kIfThere, nullptr},
    {4, "immutable", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ConfigMap = {kCoreV1ConfigMapFields};

constexpr Field kCoreV1HostPathVolumeSourceFields[] = {
    {1, "path", kString, kOne, kAlways, nullptr},
    {2, "type", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1HostPathVolumeSource = {kCoreV1HostPathVolumeSourceFields};

constexpr Field kCoreV1EmptyDirVolumeSourceFields[] = {
    {1, "medium", kString, kOne, kUnlessZero, nullptr},
    {2, "sizeLimit", kQuantity, kOne, kIfThere, nullptr},
    {3, "mode", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1EmptyDirVolumeSource = {kCoreV1EmptyDirVolumeSourceFields};

constexpr Field kCoreV1GCEPersistentDiskVolumeSourceFields[] = {
    {1, "pdName", kString, kOne, kAlways, nullptr},
    {2, "fsType", kString, kOne, kUnlessZero, nullptr},
    {3, "partition", kInteger, kOne, kUnlessZero, nullptr},
    {4, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1GCEPersistentDiskVolumeSource = {kCoreV1GCEPersistentDiskVolumeSourceFields};

constexpr Field kCoreV1AWSElasticBlockStoreVolumeSourceFields[] = {
    {1, "volumeID", kString, kOne, kAlways, nullptr},
    {2, "fsType", kString, kOne, kUnlessZero, nullptr},
    {3, "partition", kInteger, kOne, kUnlessZero, nullptr},
    {4, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1AWSElasticBlockStoreVolumeSource = {kCoreV1AWSElasticBlockStoreVolumeSourceFields};

constexpr Field kCoreV1GitRepoVolumeSourceFields[] = {
    {1, "repository", kString, kOne, kAlways, nullptr},
    {2, "revision", kString, kOne, kUnlessZero, nullptr},
    {3, "directory", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1GitRepoVolumeSource = {kCoreV1GitRepoVolumeSourceFields};

constexpr Field kCoreV1KeyToPathFields[] = {
    {1, "key", kString, kOne, kAlways, nullptr},
    {2, "path", kString, kOne, kAlways, nullptr},
    {3, "mode", kInteger, kOne, kIfThere, nullptr},
    {4, "user", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1KeyToPath = {kCoreV1KeyToPathFields};

constexpr Field kCoreV1SecretVolumeSourceFields[] = {
    {1, "secretName", kString, kOne, kUnlessZero, nullptr},
    {2, "items", kMessage, kList, kIfThere, &kCoreV1KeyToPath},
    {3, "defaultMode", kInteger, kOne, kIfThere, nullptr},
    {4, "optional", kBool, kOne, kIfThere, nullptr},
    {5, "defaultUser", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1SecretVolumeSource = {kCoreV1SecretVolumeSourceFields};

constexpr Field kCoreV1NFSVolumeSourceFields[] = {
    {1, "server", kString, kOne, kAlways, nullptr},
    {2, "path", kString, kOne, kAlways, nullptr},
    {3, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1NFSVolumeSource = {kCoreV1NFSVolumeSourceFields};

constexpr Field kCoreV1LocalObjectReferenceFields[] = {
    {1, "name", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1LocalObjectReference = {kCoreV1LocalObjectReferenceFields};

constexpr Field kCoreV1ISCSIVolumeSourceFields[] = {
    {1, "targetPortal", kString, kOne, kAlways, nullptr},
    {2, "iqn", kString, kOne, kAlways, nullptr},
    {3, "lun", kInteger, kOne, kAlways, nullptr},
    {4, "iscsiInterface", kString, kOne, kUnlessZero, nullptr},
    {5, "fsType", kString, kOne, kUnlessZero, nullptr},
    {6, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {7, "portals", kString, kList, kIfThere, nullptr},
    {8, "chapAuthDiscovery", kBool, kOne, kUnlessZero, nullptr},
    {10, "secretRef", kMessage, kOne, kIfThere, &kCoreV1LocalObjectReference},
    {11, "chapAuthSession", kBool, kOne, kUnlessZero, nullptr},
    {12, "initiatorName", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ISCSIVolumeSource = {kCoreV1ISCSIVolumeSourceFields};

constexpr Field kCoreV1GlusterfsVolumeSourceFields[] = {
    {1, "endpoints", kString, kOne, kAlways, nullptr},
    {2, "path", kString, kOne, kAlways, nullptr},
    {3, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1GlusterfsVolumeSource = {kCoreV1GlusterfsVolumeSourceFields};

constexpr Field kCoreV1PersistentVolumeClaimVolumeSourceFields[] = {
    {1, "claimName", kString, kOne, kAlways, nullptr},
    {2, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1PersistentVolumeClaimVolumeSource = {kCoreV1PersistentVolumeClaimVolumeSourceFields};

constexpr Field kCoreV1RBDVolumeSourceFields[] = {
    {1, "monitors", kString, kList, kOrNull, nullptr},
    {2, "image", kString, kOne, kAlways, nullptr},
    {3, "fsType", kString, kOne, kUnlessZero, nullptr},
    {4, "pool", kString, kOne, kUnlessZero, nullptr},
    {5, "user", kString, kOne, kUnlessZero, nullptr},
    {6, "keyring", kString, kOne, kUnlessZero, nullptr},
    {7, "secretRef", kMessage, kOne, kIfThere, &kCoreV1LocalObjectReference},
    {8, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1RBDVolumeSource = {kCoreV1RBDVolumeSourceFields};

constexpr Field kCoreV1FlexVolumeSourceFields[] = {
    {1, "driver", kString, kOne, kAlways, nullptr},
    {2, "fsType", kString, kOne, kUnlessZero, nullptr},
    {3, "secretRef", kMessage, kOne, kIfThere, &kCoreV1LocalObjectReference},
    {4, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {5, "options", kString, kMap, kIfThere, nullptr},
};
constexpr Message kCoreV1FlexVolumeSource = {kCoreV1FlexVolumeSourceFields};

constexpr Field kCoreV1CinderVolumeSourceFields[] = {
    {1, "volumeID", kString, kOne, kAlways, nullptr},
    {2, "fsType", kString, kOne, kUnlessZero, nullptr},
    {3, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {4, "secretRef", kMessage, kOne, kIfThere, &kCoreV1LocalObjectReference},
};
constexpr Message kCoreV1CinderVolumeSource = {kCoreV1CinderVolumeSourceFields};

constexpr Field kCoreV1CephFSVolumeSourceFields[] = {
    {1, "monitors", kString, kList, kOrNull, nullptr},
    {2, "path", kString, kOne, kUnlessZero, nullptr},
    {3, "user", kString, kOne, kUnlessZero, nullptr},
    {4, "secretFile", kString, kOne, kUnlessZero, nullptr},
    {5, "secretRef", kMessage, kOne, kIfThere, &kCoreV1LocalObjectReference},
    {6, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1CephFSVolumeSource = {kCoreV1CephFSVolumeSourceFields};

constexpr Field kCoreV1FlockerVolumeSourceFields[] = {
    {1, "datasetName", kString, kOne, kUnlessZero, nullptr},
    {2, "datasetUUID", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1FlockerVolumeSource = {kCoreV1FlockerVolumeSourceFields};

constexpr Field kCoreV1ObjectFieldSelectorFields[] = {
    {1, "apiVersion", kString, kOne, kUnlessZero, nullptr},
    {2, "fieldPath", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1ObjectFieldSelector = {kCoreV1ObjectFieldSelectorFields};

constexpr Field kCoreV1ResourceFieldSelectorFields[] = {
    {1, "containerName", kString, kOne, kUnlessZero, nullptr},
    {2, "resource", kString, kOne, kAlways, nullptr},
    {3, "divisor", kQuantity, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1ResourceFieldSelector = {kCoreV1ResourceFieldSelectorFields};

constexpr Field kCoreV1DownwardAPIVolumeFileFields[] = {
    {1, "path", kString, kOne, kAlways, nullptr},
    {2, "fieldRef", kMessage, kOne, kIfThere, &kCoreV1ObjectFieldSelector},
    {3, "resourceFieldRef", kMessage, kOne, kIfThere, &kCoreV1ResourceFieldSelector},
    {4, "mode", kInteger, kOne, kIfThere, nullptr},
    {5, "user", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1DownwardAPIVolumeFile = {kCoreV1DownwardAPIVolumeFileFields};

constexpr Field kCoreV1DownwardAPIVolumeSourceFields[] = {
    {1, "items", kMessage, kList, kIfThere, &kCoreV1DownwardAPIVolumeFile},
    {2, "defaultMode", kInteger, kOne, kIfThere, nullptr},
    {3, "defaultUser", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1DownwardAPIVolumeSource = {kCoreV1DownwardAPIVolumeSourceFields};

constexpr Field kCoreV1FCVolumeSourceFields[] = {
    {1, "targetWWNs", kString, kList, kIfThere, nullptr},
    {2, "lun", kInteger, kOne, kIfThere, nullptr},
    {3, "fsType", kString, kOne, kUnlessZero, nullptr},
    {4, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {5, "wwids", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1FCVolumeSource = {kCoreV1FCVolumeSourceFields};

constexpr Field kCoreV1AzureFileVolumeSourceFields[] = {
    {1, "secretName", kString, kOne, kAlways, nullptr},
    {2, "shareName", kString, kOne, kAlways, nullptr},
    {3, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1AzureFileVolumeSource = {kCoreV1AzureFileVolumeSourceFields};

constexpr Field kCoreV1ConfigMapVolumeSourceFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1LocalObjectReference},
    {2, "items", kMessage, kList, kIfThere, &kCoreV1KeyToPath},
    {3, "defaultMode", kInteger, kOne, kIfThere, nullptr},
    {4, "optional", kBool, kOne, kIfThere, nullptr},
    {5, "defaultUser", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ConfigMapVolumeSource = {kCoreV1ConfigMapVolumeSourceFields};

constexpr Field kCoreV1VsphereVirtualDiskVolumeSourceFields[] = {
    {1, "volumePath", kString, kOne, kAlways, nullptr},
    {2, "fsType", kString, kOne, kUnlessZero, nullptr},
    {3, "storagePolicyName", kString, kOne, kUnlessZero, nullptr},
    {4, "storagePolicyID", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1VsphereVirtualDiskVolumeSource = {kCoreV1VsphereVirtualDiskVolumeSourceFields};

constexpr Field kCoreV1QuobyteVolumeSourceFields[] = {
    {1, "registry", kString, kOne, kAlways, nullptr},
    {2, "volume", kString, kOne, kAlways, nullptr},
    {3, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {4, "user", kString, kOne, kUnlessZero, nullptr},
    {5, "group", kString, kOne, kUnlessZero, nullptr},
    {6, "tenant", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1QuobyteVolumeSource = {kCoreV1QuobyteVolumeSourceFields};

constexpr Field kCoreV1AzureDiskVolumeSourceFields[] = {
    {1, "diskName", kString, kOne, kAlways, nullptr},
    {2, "diskURI", kString, kOne, kAlways, nullptr},
    {3, "cachingMode", kString, kOne, kIfThere, nullptr},
    {4, "fsType", kString, kOne, kIfThere, nullptr},
    {5, "readOnly", kBool, kOne, kIfThere, nullptr},
    {6, "kind", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1AzureDiskVolumeSource = {kCoreV1AzureDiskVolumeSourceFields};

constexpr Field kCoreV1PhotonPersistentDiskVolumeSourceFields[] = {
    {1, "pdID", kString, kOne, kAlways, nullptr},
    {2, "fsType", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1PhotonPersistentDiskVolumeSource = {kCoreV1PhotonPersistentDiskVolumeSourceFields};

constexpr Field kCoreV1PortworxVolumeSourceFields[] = {
    {1, "volumeID", kString, kOne, kAlways, nullptr},
    {2, "fsType", kString, kOne, kUnlessZero, nullptr},
    {3, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1PortworxVolumeSource = {kCoreV1PortworxVolumeSourceFields};

constexpr Field kCoreV1ScaleIOVolumeSourceFields[] = {
    {1, "gateway", kString, kOne, kAlways, nullptr},
    {2, "system", kString, kOne, kAlways, nullptr},
    {3, "secretRef", kMessage, kOne, kOrNull, &kCoreV1LocalObjectReference},
    {4, "sslEnabled", kBool, kOne, kUnlessZero, nullptr},
    {5, "protectionDomain", kString, kOne, kUnlessZero, nullptr},
    {6, "storagePool", kString, kOne, kUnlessZero, nullptr},
    {7, "storageMode", kString, kOne, kUnlessZero, nullptr},
    {8, "volumeName", kString, kOne, kUnlessZero, nullptr},
    {9, "fsType", kString, kOne, kUnlessZero, nullptr},
    {10, "readOnly", kBool, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1ScaleIOVolumeSource = {kCoreV1ScaleIOVolumeSourceFields};

constexpr Field kCoreV1SecretProjectionFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1LocalObjectReference},
    {2, "items", kMessage, kList, kIfThere, &kCoreV1KeyToPath},
    {4, "optional", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1SecretProjection = {kCoreV1SecretProjectionFields};

constexpr Field kCoreV1DownwardAPIProjectionFields[] = {
    {1, "items", kMessage, kList, kIfThere, &kCoreV1DownwardAPIVolumeFile},
};
constexpr Message kCoreV1DownwardAPIProjection = {kCoreV1DownwardAPIProjectionFields};

constexpr Field kCoreV1ConfigMapProjectionFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1LocalObjectReference},
    {2, "items", kMessage, kList, kIfThere, &kCoreV1KeyToPath},
    {4, "optional", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ConfigMapProjection = {kCoreV1ConfigMapProjectionFields};

constexpr Field kCoreV1ServiceAccountTokenProjectionFields[] = {
    {1, "audience", kString, kOne, kUnlessZero, nullptr},
    {2, "expirationSeconds", kInteger, kOne, kIfThere, nullptr},
    {3, "path", kString, kOne, kAlways, nullptr},
    {4, "user", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ServiceAccountTokenProjection = {kCoreV1ServiceAccountTokenProjectionFields};

constexpr Field kMetaV1LabelSelectorRequirementFields[] = {
    {1, "key", kString, kOne, kAlways, nullptr},
    {2, "operator", kString, kOne, kAlways, nullptr},
    {3, "values", kString, kList, kIfThere, nullptr},
};
constexpr Message kMetaV1LabelSelectorRequirement = {kMetaV1LabelSelectorRequirementFields};

constexpr Field kMetaV1LabelSelectorFields[] = {
    {1, "matchLabels", kString, kMap, kIfThere, nullptr},
    {2, "matchExpressions", kMessage, kList, kIfThere, &kMetaV1LabelSelectorRequirement},
};
constexpr Message kMetaV1LabelSelector = {kMetaV1LabelSelectorFields};

constexpr Field kCoreV1ClusterTrustBundleProjectionFields[] = {
    {1, "name", kString, kOne, kIfThere, nullptr},
    {2, "signerName", kString, kOne, kIfThere, nullptr},
    {3, "labelSelector", kMessage, kOne, kIfThere, &kMetaV1LabelSelector},
    {4, "path", kString, kOne, kAlways, nullptr},
    {5, "optional", kBool, kOne, kIfThere, nullptr},
    {6, "user", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ClusterTrustBundleProjection = {kCoreV1ClusterTrustBundleProjectionFields};

constexpr Field kCoreV1PodCertificateProjectionFields[] = {
    {1, "signerName", kString, kOne, kUnlessZero, nullptr},
    {2, "keyType", kString, kOne, kUnlessZero, nullptr},
    {3, "maxExpirationSeconds", kInteger, kOne, kIfThere, nullptr},
    {4, "credentialBundlePath", kString, kOne, kUnlessZero, nullptr},
    {5, "keyPath", kString, kOne, kUnlessZero, nullptr},
    {6, "certificateChainPath", kString, kOne, kUnlessZero, nullptr},
    {7, "userAnnotations", kString, kMap, kIfThere, nullptr},
    {8, "user", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PodCertificateProjection = {kCoreV1PodCertificateProjectionFields};

constexpr Field kCoreV1VolumeProjectionFields[] = {
    {1, "secret", kMessage, kOne, kIfThere, &kCoreV1SecretProjection},
    {2, "downwardAPI", kMessage, kOne, kIfThere, &kCoreV1DownwardAPIProjection},
    {3, "configMap", kMessage, kOne, kIfThere, &kCoreV1ConfigMapProjection},
    {4, "serviceAccountToken", kMessage, kOne, kIfThere, &kCoreV1ServiceAccountTokenProjection},
    {5, "clusterTrustBundle", kMessage, kOne, kIfThere, &kCoreV1ClusterTrustBundleProjection},
    {6, "podCertificate", kMessage, kOne, kIfThere, &kCoreV1PodCertificateProjection},
};
constexpr Message kCoreV1VolumeProjection = {kCoreV1VolumeProjectionFields};

constexpr Field kCoreV1ProjectedVolumeSourceFields[] = {
    {1, "sources", kMessage, kList, kOrNull, &kCoreV1VolumeProjection},
    {2, "defaultMode", kInteger, kOne, kIfThere, nullptr},
    {3, "defaultUser", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ProjectedVolumeSource = {kCoreV1ProjectedVolumeSourceFields};

constexpr Field kCoreV1StorageOSVolumeSourceFields[] = {
    {1, "volumeName", kString, kOne, kUnlessZero, nullptr},
    {2, "volumeNamespace", kString, kOne, kUnlessZero, nullptr},
    {3, "fsType", kString, kOne, kUnlessZero, nullptr},
    {4, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {5, "secretRef", kMessage, kOne, kIfThere, &kCoreV1LocalObjectReference},
};
constexpr Message kCoreV1StorageOSVolumeSource = {kCoreV1StorageOSVolumeSourceFields};

constexpr Field kCoreV1CSIVolumeSourceFields[] = {
    {1, "driver", kString, kOne, kAlways, nullptr},
    {2, "readOnly", kBool, kOne, kIfThere, nullptr},
    {3, "fsType", kString, kOne, kIfThere, nullptr},
    {4, "volumeAttributes", kString, kMap, kIfThere, nullptr},
    {5, "nodePublishSecretRef", kMessage, kOne, kIfThere, &kCoreV1LocalObjectReference},
};
constexpr Message kCoreV1CSIVolumeSource = {kCoreV1CSIVolumeSourceFields};

constexpr Field kCoreV1VolumeResourceRequirementsFields[] = {
    {1, "limits", kQuantity, kMap, kIfThere, nullptr},
    {2, "requests", kQuantity, kMap, kIfThere, nullptr},
};
constexpr Message kCoreV1VolumeResourceRequirements = {kCoreV1VolumeResourceRequirementsFields};

constexpr Field kCoreV1TypedLocalObjectReferenceFields[] = {
    {1, "apiGroup", kString, kOne, kOrNull, nullptr},
    {2, "kind", kString, kOne, kAlways, nullptr},
    {3, "name", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1TypedLocalObjectReference = {kCoreV1TypedLocalObjectReferenceFields};

constexpr Field kCoreV1TypedObjectReferenceFields[] = {
    {1, "apiGroup", kString, kOne, kOrNull, nullptr},
    {2, "kind", kString, kOne, kAlways, nullptr},
    {3, "name", kString, kOne, kAlways, nullptr},
    {4, "namespace", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1TypedObjectReference = {kCoreV1TypedObjectReferenceFields};

constexpr Field kCoreV1PersistentVolumeClaimSpecFields[] = {
    {1, "accessModes", kString, kList, kIfThere, nullptr},
    {2, "resources", kMessage, kOne, kAlways, &kCoreV1VolumeResourceRequirements},
    {3, "volumeName", kString, kOne, kUnlessZero, nullptr},
    {4, "selector", kMessage, kOne, kIfThere, &kMetaV1LabelSelector},
    {5, "storageClassName", kString, kOne, kIfThere, nullptr},
    {6, "volumeMode", kString, kOne, kIfThere, nullptr},
    {7, "dataSource", kMessage, kOne, kIfThere, &kCoreV1TypedLocalObjectReference},
    {8, "dataSourceRef", kMessage, kOne, kIfThere, &kCoreV1TypedObjectReference},
    {9, "volumeAttributesClassName", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PersistentVolumeClaimSpec = {kCoreV1PersistentVolumeClaimSpecFields};

constexpr Field kCoreV1PersistentVolumeClaimTemplateFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "spec", kMessage, kOne, kAlways, &kCoreV1PersistentVolumeClaimSpec},
};
constexpr Message kCoreV1PersistentVolumeClaimTemplate = {kCoreV1PersistentVolumeClaimTemplateFields};

constexpr Field kCoreV1EphemeralVolumeSourceFields[] = {
    {1, "volumeClaimTemplate", kMessage, kOne, kIfThere, &kCoreV1PersistentVolumeClaimTemplate},
};
constexpr Message kCoreV1EphemeralVolumeSource = {kCoreV1EphemeralVolumeSourceFields};

constexpr Field kCoreV1ImageVolumeSourceFields[] = {
    {1, "reference", kString, kOne, kUnlessZero, nullptr},
    {2, "pullPolicy", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1ImageVolumeSource = {kCoreV1ImageVolumeSourceFields};

constexpr Field kCoreV1VolumeSourceFields[] = {
    {1, "hostPath", kMessage, kOne, kIfThere, &kCoreV1HostPathVolumeSource},
    {2, "emptyDir", kMessage, kOne, kIfThere, &kCoreV1EmptyDirVolumeSource},
    {3, "gcePersistentDisk", kMessage, kOne, kIfThere, &kCoreV1GCEPersistentDiskVolumeSource},
    {4, "awsElasticBlockStore", kMessage, kOne, kIfThere, &kCoreV1AWSElasticBlockStoreVolumeSource},
    {5, "gitRepo", kMessage, kOne, kIfThere, &kCoreV1GitRepoVolumeSource},
    {6, "secret", kMessage, kOne, kIfThere, &kCoreV1SecretVolumeSource},
    {7, "nfs", kMessage, kOne, kIfThere, &kCoreV1NFSVolumeSource},
    {8, "iscsi", kMessage, kOne, kIfThere, &kCoreV1ISCSIVolumeSource},
    {9, "glusterfs", kMessage, kOne, kIfThere, &kCoreV1GlusterfsVolumeSource},
    {10, "persistentVolumeClaim", kMessage, kOne, kIfThere, &kCoreV1PersistentVolumeClaimVolumeSource},
    {11, "rbd", kMessage, kOne, kIfThere, &kCoreV1RBDVolumeSource},
    {12, "flexVolume", kMessage, kOne, kIfThere, &kCoreV1FlexVolumeSource},
    {13, "cinder", kMessage, kOne, kIfThere, &kCoreV1CinderVolumeSource},
    {14, "cephfs", kMessage, kOne, kIfThere, &kCoreV1CephFSVolumeSource},
    {15, "flocker", kMessage, kOne, kIfThere, &kCoreV1FlockerVolumeSource},
    {16, "downwardAPI", kMessage, kOne, kIfThere, &kCoreV1DownwardAPIVolumeSource},
    {17, "fc", kMessage, kOne, kIfThere, &kCoreV1FCVolumeSource},
    {18, "azureFile", kMessage, kOne, kIfThere, &kCoreV1AzureFileVolumeSource},
    {19, "configMap", kMessage, kOne, kIfThere, &kCoreV1ConfigMapVolumeSource},
    {20, "vsphereVolume", kMessage, kOne, kIfThere, &kCoreV1VsphereVirtualDiskVolumeSource},
    {21, "quobyte", kMessage, kOne, kIfThere, &kCoreV1QuobyteVolumeSource},
    {22, "azureDisk", kMessage, kOne, kIfThere, &kCoreV1AzureDiskVolumeSource},
    {23, "photonPersistentDisk", kMessage, kOne, kIfThere, &kCoreV1PhotonPersistentDiskVolumeSource},
    {24, "portworxVolume", kMessage, kOne, kIfThere, &kCoreV1PortworxVolumeSource},
    {25, "scaleIO", kMessage, kOne, kIfThere, &kCoreV1ScaleIOVolumeSource},
    {26, "projected", kMessage, kOne, kIfThere, &kCoreV1ProjectedVolumeSource},
    {27, "storageos", kMessage, kOne, kIfThere, &kCoreV1StorageOSVolumeSource},
    {28, "csi", kMessage, kOne, kIfThere, &kCoreV1CSIVolumeSource},
    {29, "ephemeral", kMessage, kOne, kIfThere, &kCoreV1EphemeralVolumeSource},
    {30, "image", kMessage, kOne, kIfThere, &kCoreV1ImageVolumeSource},
};
constexpr Message kCoreV1VolumeSource = {kCoreV1VolumeSourceFields};

constexpr Field kCoreV1VolumeFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "", kInline, kOne, kAlways, &kCoreV1VolumeSource},
};
constexpr Message kCoreV1Volume = {kCoreV1VolumeFields};

constexpr Field kCoreV1ContainerPortFields[] = {
    {1, "name", kString, kOne, kUnlessZero, nullptr},
    {2, "hostPort", kInteger, kOne, kUnlessZero, nullptr},
    {3, "containerPort", kInteger, kOne, kAlways, nullptr},
    {4, "protocol", kString, kOne, kUnlessZero, nullptr},
    {5, "hostIP", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1ContainerPort = {kCoreV1ContainerPortFields};

constexpr Field kCoreV1ConfigMapKeySelectorFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1LocalObjectReference},
    {2, "key", kString, kOne, kAlways, nullptr},
    {3, "optional", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ConfigMapKeySelector = {kCoreV1ConfigMapKeySelectorFields};

constexpr Field kCoreV1SecretKeySelectorFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1LocalObjectReference},
    {2, "key", kString, kOne, kAlways, nullptr},
    {3, "optional", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1SecretKeySelector = {kCoreV1SecretKeySelectorFields};

constexpr Field kCoreV1FileKeySelectorFields[] = {
    {1, "volumeName", kString, kOne, kAlways, nullptr},
    {2, "path", kString, kOne, kAlways, nullptr},
    {3, "key", kString, kOne, kAlways, nullptr},
    {4, "optional", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1FileKeySelector = {kCoreV1FileKeySelectorFields};

constexpr Field kCoreV1EnvVarSourceFields[] = {
    {1, "fieldRef", kMessage, kOne, kIfThere, &kCoreV1ObjectFieldSelector},
    {2, "resourceFieldRef", kMessage, kOne, kIfThere, &kCoreV1ResourceFieldSelector},
    {3, "configMapKeyRef", kMessage, kOne, kIfThere, &kCoreV1ConfigMapKeySelector},
    {4, "secretKeyRef", kMessage, kOne, kIfThere, &kCoreV1SecretKeySelector},
    {5, "fileKeyRef", kMessage, kOne, kIfThere, &kCoreV1FileKeySelector},
};
constexpr Message kCoreV1EnvVarSource = {kCoreV1EnvVarSourceFields};

constexpr Field kCoreV1EnvVarFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "value", kString, kOne, kUnlessZero, nullptr},
    {3, "valueFrom", kMessage, kOne, kIfThere, &kCoreV1EnvVarSource},
};
constexpr Message kCoreV1EnvVar = {kCoreV1EnvVarFields};

constexpr Field kCoreV1ResourceClaimFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "request", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1ResourceClaim = {kCoreV1ResourceClaimFields};

constexpr Field kCoreV1ResourceRequirementsFields[] = {
    {1, "limits", kQuantity, kMap, kIfThere, nullptr},
    {2, "requests", kQuantity, kMap, kIfThere, nullptr},
    {3, "claims", kMessage, kList, kIfThere, &kCoreV1ResourceClaim},
};
constexpr Message kCoreV1ResourceRequirements = {kCoreV1ResourceRequirementsFields};

constexpr Field kCoreV1VolumeMountFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {3, "mountPath", kString, kOne, kAlways, nullptr},
    {4, "subPath", kString, kOne, kUnlessZero, nullptr},
    {5, "mountPropagation", kString, kOne, kIfThere, nullptr},
    {6, "subPathExpr", kString, kOne, kUnlessZero, nullptr},
    {7, "recursiveReadOnly", kString, kOne, kIfThere, nullptr},
    {8, "bindMountOptions", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1VolumeMount = {kCoreV1VolumeMountFields};

constexpr Field kCoreV1ExecActionFields[] = {
    {1, "command", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1ExecAction = {kCoreV1ExecActionFields};

constexpr Field kCoreV1HTTPHeaderFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "value", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1HTTPHeader = {kCoreV1HTTPHeaderFields};

constexpr Field kCoreV1HTTPGetActionFields[] = {
    {1, "path", kString, kOne, kUnlessZero, nullptr},
    {2, "port", kIntOrString, kOne, kAlways, nullptr},
    {3, "host", kString, kOne, kUnlessZero, nullptr},
    {4, "scheme", kString, kOne, kUnlessZero, nullptr},
    {5, "httpHeaders", kMessage, kList, kIfThere, &kCoreV1HTTPHeader},
    {6, "protocol", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1HTTPGetAction = {kCoreV1HTTPGetActionFields};

constexpr Field kCoreV1TCPSocketActionFields[] = {
    {1, "port", kIntOrString, kOne, kAlways, nullptr},
    {2, "host", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1TCPSocketAction = {kCoreV1TCPSocketActionFields};

constexpr Field kCoreV1GRPCActionFields[] = {
    {1, "port", kInteger, kOne, kAlways, nullptr},
    {2, "service", kString, kOne, kOrNull, nullptr},
    {3, "mode", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1GRPCAction = {kCoreV1GRPCActionFields};

constexpr Field kCoreV1ProbeHandlerFields[] = {
    {1, "exec", kMessage, kOne, kIfThere, &kCoreV1ExecAction},
    {2, "httpGet", kMessage, kOne, kIfThere, &kCoreV1HTTPGetAction},
    {3, "tcpSocket", kMessage, kOne, kIfThere, &kCoreV1TCPSocketAction},
    {4, "grpc", kMessage, kOne, kIfThere, &kCoreV1GRPCAction},
};
constexpr Message kCoreV1ProbeHandler = {kCoreV1ProbeHandlerFields};

constexpr Field kCoreV1ProbeFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1ProbeHandler},
    {2, "initialDelaySeconds", kInteger, kOne, kUnlessZero, nullptr},
    {3, "timeoutSeconds", kInteger, kOne, kUnlessZero, nullptr},
    {4, "periodSeconds", kInteger, kOne, kUnlessZero, nullptr},
    {5, "successThreshold", kInteger, kOne, kUnlessZero, nullptr},
    {6, "failureThreshold", kInteger, kOne, kUnlessZero, nullptr},
    {7, "terminationGracePeriodSeconds", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1Probe = {kCoreV1ProbeFields};

constexpr Field kCoreV1SleepActionFields[] = {
    {1, "seconds", kInteger, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1SleepAction = {kCoreV1SleepActionFields};

constexpr Field kCoreV1LifecycleHandlerFields[] = {
    {1, "exec", kMessage, kOne, kIfThere, &kCoreV1ExecAction},
    {2, "httpGet", kMessage, kOne, kIfThere, &kCoreV1HTTPGetAction},
    {3, "tcpSocket", kMessage, kOne, kIfThere, &kCoreV1TCPSocketAction},
    {4, "sleep", kMessage, kOne, kIfThere, &kCoreV1SleepAction},
};
constexpr Message kCoreV1LifecycleHandler = {kCoreV1LifecycleHandlerFields};

constexpr Field kCoreV1LifecycleFields[] = {
    {1, "postStart", kMessage, kOne, kIfThere, &kCoreV1LifecycleHandler},
    {2, "preStop", kMessage, kOne, kIfThere, &kCoreV1LifecycleHandler},
    {3, "stopSignal", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1Lifecycle = {kCoreV1LifecycleFields};

constexpr Field kCoreV1CapabilitiesFields[] = {
    {1, "add", kString, kList, kIfThere, nullptr},
    {2, "drop", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1Capabilities = {kCoreV1CapabilitiesFields};

constexpr Field kCoreV1SELinuxOptionsFields[] = {
    {1, "user", kString, kOne, kUnlessZero, nullptr},
    {2, "role", kString, kOne, kUnlessZero, nullptr},
    {3, "type", kString, kOne, kUnlessZero, nullptr},
    {4, "level", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1SELinuxOptions = {kCoreV1SELinuxOptionsFields};

constexpr Field kCoreV1WindowsSecurityContextOptionsFields[] = {
    {1, "gmsaCredentialSpecName", kString, kOne, kIfThere, nullptr},
    {2, "gmsaCredentialSpec", kString, kOne, kIfThere, nullptr},
    {3, "runAsUserName", kString, kOne, kIfThere, nullptr},
    {4, "hostProcess", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1WindowsSecurityContextOptions = {kCoreV1WindowsSecurityContextOptionsFields};

constexpr Field kCoreV1SeccompProfileFields[] = {
    {1, "type", kString, kOne, kAlways, nullptr},
    {2, "localhostProfile", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1SeccompProfile = {kCoreV1SeccompProfileFields};

constexpr Field kCoreV1AppArmorProfileFields[] = {
    {1, "type", kString, kOne, kAlways, nullptr},
    {2, "localhostProfile", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1AppArmorProfile = {kCoreV1AppArmorProfileFields};

constexpr Field kCoreV1SecurityContextFields[] = {
    {1, "capabilities", kMessage, kOne, kIfThere, &kCoreV1Capabilities},
    {2, "privileged", kBool, kOne, kIfThere, nullptr},
    {3, "seLinuxOptions", kMessage, kOne, kIfThere, &kCoreV1SELinuxOptions},
    {4, "runAsUser", kInteger, kOne, kIfThere, nullptr},
    {5, "runAsNonRoot", kBool, kOne, kIfThere, nullptr},
    {6, "readOnlyRootFilesystem", kBool, kOne, kIfThere, nullptr},
    {7, "allowPrivilegeEscalation", kBool, kOne, kIfThere, nullptr},
    {8, "runAsGroup", kInteger, kOne, kIfThere, nullptr},
    {9, "procMount", kString, kOne, kIfThere, nullptr},
    {10, "windowsOptions", kMessage, kOne, kIfThere, &kCoreV1WindowsSecurityContextOptions},
    {11, "seccompProfile", kMessage, kOne, kIfThere, &kCoreV1SeccompProfile},
    {12, "appArmorProfile", kMessage, kOne, kIfThere, &kCoreV1AppArmorProfile},
};
constexpr Message kCoreV1SecurityContext = {kCoreV1SecurityContextFields};

constexpr Field kCoreV1ConfigMapEnvSourceFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1LocalObjectReference},
    {2, "optional", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ConfigMapEnvSource = {kCoreV1ConfigMapEnvSourceFields};

constexpr Field kCoreV1SecretEnvSourceFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1LocalObjectReference},
    {2, "optional", kBool, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1SecretEnvSource = {kCoreV1SecretEnvSourceFields};

constexpr Field kCoreV1EnvFromSourceFields[] = {
    {1, "prefix", kString, kOne, kUnlessZero, nullptr},
    {2, "configMapRef", kMessage, kOne, kIfThere, &kCoreV1ConfigMapEnvSource},
    {3, "secretRef", kMessage, kOne, kIfThere, &kCoreV1SecretEnvSource},
};
constexpr Message kCoreV1EnvFromSource = {kCoreV1EnvFromSourceFields};

constexpr Field kCoreV1VolumeDeviceFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "devicePath", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1VolumeDevice = {kCoreV1VolumeDeviceFields};

constexpr Field kCoreV1ContainerResizePolicyFields[] = {
    {1, "resourceName", kString, kOne, kAlways, nullptr},
    {2, "restartPolicy", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1ContainerResizePolicy = {kCoreV1ContainerResizePolicyFields};

constexpr Field kCoreV1ContainerRestartRuleOnExitCodesFields[] = {
    {1, "operator", kString, kOne, kUnlessZero, nullptr},
    {2, "values", kInteger, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1ContainerRestartRuleOnExitCodes = {kCoreV1ContainerRestartRuleOnExitCodesFields};

constexpr Field kCoreV1ContainerRestartRuleFields[] = {
    {1, "action", kString, kOne, kUnlessZero, nullptr},
    {2, "exitCodes", kMessage, kOne, kIfThere, &kCoreV1ContainerRestartRuleOnExitCodes},
};
constexpr Message kCoreV1ContainerRestartRule = {kCoreV1ContainerRestartRuleFields};

constexpr Field kCoreV1ContainerFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "image", kString, kOne, kUnlessZero, nullptr},
    {3, "command", kString, kList, kIfThere, nullptr},
    {4, "args", kString, kList, kIfThere, nullptr},
    {5, "workingDir", kString, kOne, kUnlessZero, nullptr},
    {6, "ports", kMessage, kList, kIfThere, &kCoreV1ContainerPort},
    {7, "env", kMessage, kList, kIfThere, &kCoreV1EnvVar},
    {8, "resources", kMessage, kOne, kAlways, &kCoreV1ResourceRequirements},
    {9, "volumeMounts", kMessage, kList, kIfThere, &kCoreV1VolumeMount},
    {10, "livenessProbe", kMessage, kOne, kIfThere, &kCoreV1Probe},
    {11, "readinessProbe", kMessage, kOne, kIfThere, &kCoreV1Probe},
    {12, "lifecycle", kMessage, kOne, kIfThere, &kCoreV1Lifecycle},
    {13, "terminationMessagePath", kString, kOne, kUnlessZero, nullptr},
    {14, "imagePullPolicy", kString, kOne, kUnlessZero, nullptr},
    {15, "securityContext", kMessage, kOne, kIfThere, &kCoreV1SecurityContext},
    {16, "stdin", kBool, kOne, kUnlessZero, nullptr},
    {17, "stdinOnce", kBool, kOne, kUnlessZero, nullptr},
    {18, "tty", kBool, kOne, kUnlessZero, nullptr},
    {19, "envFrom", kMessage, kList, kIfThere, &kCoreV1EnvFromSource},
    {20, "terminationMessagePolicy", kString, kOne, kUnlessZero, nullptr},
    {21, "volumeDevices", kMessage, kList, kIfThere, &kCoreV1VolumeDevice},
    {22, "startupProbe", kMessage, kOne, kIfThere, &kCoreV1Probe},
    {23, "resizePolicy", kMessage, kList, kIfThere, &kCoreV1ContainerResizePolicy},
    {24, "restartPolicy", kString, kOne, kIfThere, nullptr},
    {25, "restartPolicyRules", kMessage, kList, kIfThere, &kCoreV1ContainerRestartRule},
};
constexpr Message kCoreV1Container = {kCoreV1ContainerFields};

constexpr Field kCoreV1SysctlFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "value", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1Sysctl = {kCoreV1SysctlFields};

constexpr Field kCoreV1PodSecurityContextFields[] = {
    {1, "seLinuxOptions", kMessage, kOne, kIfThere, &kCoreV1SELinuxOptions},
    {2, "runAsUser", kInteger, kOne, kIfThere, nullptr},
    {3, "runAsNonRoot", kBool, kOne, kIfThere, nullptr},
    {4, "supplementalGroups", kInteger, kList, kIfThere, nullptr},
    {5, "fsGroup", kInteger, kOne, kIfThere, nullptr},
    {6, "runAsGroup", kInteger, kOne, kIfThere, nullptr},
    {7, "sysctls", kMessage, kList, kIfThere, &kCoreV1Sysctl},
    {8, "windowsOptions", kMessage, kOne, kIfThere, &kCoreV1WindowsSecurityContextOptions},
    {9, "fsGroupChangePolicy", kString, kOne, kIfThere, nullptr},
    {10, "seccompProfile", kMessage, kOne, kIfThere, &kCoreV1SeccompProfile},
    {11, "appArmorProfile", kMessage, kOne, kIfThere, &kCoreV1AppArmorProfile},
    {12, "supplementalGroupsPolicy", kString, kOne, kIfThere, nullptr},
    {13, "seLinuxChangePolicy", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PodSecurityContext = {kCoreV1PodSecurityContextFields};

constexpr Field kCoreV1NodeSelectorRequirementFields[] = {
    {1, "key", kString, kOne, kAlways, nullptr},
    {2, "operator", kString, kOne, kAlways, nullptr},
    {3, "values", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1NodeSelectorRequirement = {kCoreV1NodeSelectorRequirementFields};

constexpr Field kCoreV1NodeSelectorTermFields[] = {
    {1, "matchExpressions", kMessage, kList, kIfThere, &kCoreV1NodeSelectorRequirement},
    {2, "matchFields", kMessage, kList, kIfThere, &kCoreV1NodeSelectorRequirement},
};
constexpr Message kCoreV1NodeSelectorTerm = {kCoreV1NodeSelectorTermFields};

constexpr Field kCoreV1NodeSelectorFields[] = {
    {1, "nodeSelectorTerms", kMessage, kList, kOrNull, &kCoreV1NodeSelectorTerm},
};
constexpr Message kCoreV1NodeSelector = {kCoreV1NodeSelectorFields};

constexpr Field kCoreV1PreferredSchedulingTermFields[] = {
    {1, "weight", kInteger, kOne, kAlways, nullptr},
    {2, "preference", kMessage, kOne, kAlways, &kCoreV1NodeSelectorTerm},
};
constexpr Message kCoreV1PreferredSchedulingTerm = {kCoreV1PreferredSchedulingTermFields};

constexpr Field kCoreV1NodeAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kOne, kIfThere, &kCoreV1NodeSelector},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kList, kIfThere, &kCoreV1PreferredSchedulingTerm},
};
constexpr Message kCoreV1NodeAffinity = {kCoreV1NodeAffinityFields};

constexpr Field kCoreV1PodAffinityTermFields[] = {
    {1, "labelSelector", kMessage, kOne, kIfThere, &kMetaV1LabelSelector},
    {2, "namespaces", kString, kList, kIfThere, nullptr},
    {3, "topologyKey", kString, kOne, kAlways, nullptr},
    {4, "namespaceSelector", kMessage, kOne, kIfThere, &kMetaV1LabelSelector},
    {5, "matchLabelKeys", kString, kList, kIfThere, nullptr},
    {6, "mismatchLabelKeys", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1PodAffinityTerm = {kCoreV1PodAffinityTermFields};

constexpr Field kCoreV1WeightedPodAffinityTermFields[] = {
    {1, "weight", kInteger, kOne, kAlways, nullptr},
    {2, "podAffinityTerm", kMessage, kOne, kAlways, &kCoreV1PodAffinityTerm},
};
constexpr Message kCoreV1WeightedPodAffinityTerm = {kCoreV1WeightedPodAffinityTermFields};

constexpr Field kCoreV1PodAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kList, kIfThere, &kCoreV1PodAffinityTerm},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kList, kIfThere, &kCoreV1WeightedPodAffinityTerm},
};
constexpr Message kCoreV1PodAffinity = {kCoreV1PodAffinityFields};

constexpr Field kCoreV1PodAntiAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kList, kIfThere, &kCoreV1PodAffinityTerm},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kList, kIfThere, &kCoreV1WeightedPodAffinityTerm},
};
constexpr Message kCoreV1PodAntiAffinity = {kCoreV1PodAntiAffinityFields};

constexpr Field kCoreV1AffinityFields[] = {
    {1, "nodeAffinity", kMessage, kOne, kIfThere, &kCoreV1NodeAffinity},
    {2, "podAffinity", kMessage, kOne, kIfThere, &kCoreV1PodAffinity},
    {3, "podAntiAffinity", kMessage, kOne, kIfThere, &kCoreV1PodAntiAffinity},
};
constexpr Message kCoreV1Affinity = {kCoreV1AffinityFields};

constexpr Field kCoreV1TolerationFields[] = {
    {1, "key", kString, kOne, kUnlessZero, nullptr},
    {2, "operator", kString, kOne, kUnlessZero, nullptr},
    {3, "value", kString, kOne, kUnlessZero, nullptr},
    {4, "effect", kString, kOne, kUnlessZero, nullptr},
    {5, "tolerationSeconds", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1Toleration = {kCoreV1TolerationFields};

constexpr Field kCoreV1HostAliasFields[] = {
    {1, "ip", kString, kOne, kAlways, nullptr},
    {2, "hostnames", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1HostAlias = {kCoreV1HostAliasFields};

constexpr Field kCoreV1PodDNSConfigOptionFields[] = {
    {1, "name", kString, kOne, kUnlessZero, nullptr},
    {2, "value", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PodDNSConfigOption = {kCoreV1PodDNSConfigOptionFields};

constexpr Field kCoreV1PodDNSConfigFields[] = {
    {1, "nameservers", kString, kList, kIfThere, nullptr},
    {2, "searches", kString, kList, kIfThere, nullptr},
    {3, "options", kMessage, kList, kIfThere, &kCoreV1PodDNSConfigOption},
};
constexpr Message kCoreV1PodDNSConfig = {kCoreV1PodDNSConfigFields};

constexpr Field kCoreV1PodReadinessGateFields[] = {
    {1, "conditionType", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1PodReadinessGate = {kCoreV1PodReadinessGateFields};

constexpr Field kCoreV1TopologySpreadConstraintFields[] = {
    {1, "maxSkew", kInteger, kOne, kAlways, nullptr},
    {2, "topologyKey", kString, kOne, kAlways, nullptr},
    {3, "whenUnsatisfiable", kString, kOne, kAlways, nullptr},
    {4, "labelSelector", kMessage, kOne, kIfThere, &kMetaV1LabelSelector},
    {5, "minDomains", kInteger, kOne, kIfThere, nullptr},
    {6, "nodeAffinityPolicy", kString, kOne, kIfThere, nullptr},
    {7, "nodeTaintsPolicy", kString, kOne, kIfThere, nullptr},
    {8, "matchLabelKeys", kString, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1TopologySpreadConstraint = {kCoreV1TopologySpreadConstraintFields};

constexpr Field kCoreV1EphemeralContainerCommonFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "image", kString, kOne, kUnlessZero, nullptr},
    {3, "command", kString, kList, kIfThere, nullptr},
    {4, "args", kString, kList, kIfThere, nullptr},
    {5, "workingDir", kString, kOne, kUnlessZero, nullptr},
    {6, "ports", kMessage, kList, kIfThere, &kCoreV1ContainerPort},
    {7, "env", kMessage, kList, kIfThere, &kCoreV1EnvVar},
    {8, "resources", kMessage, kOne, kAlways, &kCoreV1ResourceRequirements},
    {9, "volumeMounts", kMessage, kList, kIfThere, &kCoreV1VolumeMount},
    {10, "livenessProbe", kMessage, kOne, kIfThere, &kCoreV1Probe},
    {11, "readinessProbe", kMessage, kOne, kIfThere, &kCoreV1Probe},
    {12, "lifecycle", kMessage, kOne, kIfThere, &kCoreV1Lifecycle},
    {13, "terminationMessagePath", kString, kOne, kUnlessZero, nullptr},
    {14, "imagePullPolicy", kString, kOne, kUnlessZero, nullptr},
    {15, "securityContext", kMessage, kOne, kIfThere, &kCoreV1SecurityContext},
    {16, "stdin", kBool, kOne, kUnlessZero, nullptr},
    {17, "stdinOnce", kBool, kOne, kUnlessZero, nullptr},
    {18, "tty", kBool, kOne, kUnlessZero, nullptr},
    {19, "envFrom", kMessage, kList, kIfThere, &kCoreV1EnvFromSource},
    {20, "terminationMessagePolicy", kString, kOne, kUnlessZero, nullptr},
    {21, "volumeDevices", kMessage, kList, kIfThere, &kCoreV1VolumeDevice},
    {22, "startupProbe", kMessage, kOne, kIfThere, &kCoreV1Probe},
    {23, "resizePolicy", kMessage, kList, kIfThere, &kCoreV1ContainerResizePolicy},
    {24, "restartPolicy", kString, kOne, kIfThere, nullptr},
    {25, "restartPolicyRules", kMessage, kList, kIfThere, &kCoreV1ContainerRestartRule},
};
constexpr Message kCoreV1EphemeralContainerCommon = {kCoreV1EphemeralContainerCommonFields};

constexpr Field kCoreV1EphemeralContainerFields[] = {
    {1, "", kInline, kOne, kAlways, &kCoreV1EphemeralContainerCommon},
    {2, "targetContainerName", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1EphemeralContainer = {kCoreV1EphemeralContainerFields};

constexpr Field kCoreV1PodOSFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1PodOS = {kCoreV1PodOSFields};

constexpr Field kCoreV1PodSchedulingGateFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1PodSchedulingGate = {kCoreV1PodSchedulingGateFields};

constexpr Field kCoreV1PodResourceClaimFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {3, "resourceClaimName", kString, kOne, kIfThere, nullptr},
    {4, "resourceClaimTemplateName", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PodResourceClaim = {kCoreV1PodResourceClaimFields};

constexpr Field kCoreV1PodSchedulingGroupFields[] = {
    {1, "podGroupName", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PodSchedulingGroup = {kCoreV1PodSchedulingGroupFields};

constexpr Field kCoreV1EvictionResponderFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "priority", kInteger, kOne, kOrNull, nullptr},
};
constexpr Message kCoreV1EvictionResponder = {kCoreV1EvictionResponderFields};

constexpr Field kCoreV1PodSpecFields[] = {
    {1, "volumes", kMessage, kList, kIfThere, &kCoreV1Volume},
    {2, "containers", kMessage, kList, kOrNull, &kCoreV1Container},
    {3, "restartPolicy", kString, kOne, kUnlessZero, nullptr},
    {4, "terminationGracePeriodSeconds", kInteger, kOne, kIfThere, nullptr},
    {5, "activeDeadlineSeconds", kInteger, kOne, kIfThere, nullptr},
    {6, "dnsPolicy", kString, kOne, kUnlessZero, nullptr},
    {7, "nodeSelector", kString, kMap, kIfThere, nullptr},
    {8, "serviceAccountName", kString, kOne, kUnlessZero, nullptr},
    {9, "serviceAccount", kString, kOne, kUnlessZero, nullptr},
    {10, "nodeName", kString, kOne, kUnlessZero, nullptr},
    {11, "hostNetwork", kBool, kOne, kUnlessZero, nullptr},
    {12, "hostPID", kBool, kOne, kUnlessZero, nullptr},
    {13, "hostIPC", kBool, kOne, kUnlessZero, nullptr},
    {14, "securityContext", kMessage, kOne, kIfThere, &kCoreV1PodSecurityContext},
    {15, "imagePullSecrets", kMessage, kList, kIfThere, &kCoreV1LocalObjectReference},
    {16, "hostname", kString, kOne, kUnlessZero, nullptr},
    {17, "subdomain", kString, kOne, kUnlessZero, nullptr},
    {18, "affinity", kMessage, kOne, kIfThere, &kCoreV1Affinity},
    {19, "schedulerName", kString, kOne, kUnlessZero, nullptr},
    {20, "initContainers", kMessage, kList, kIfThere, &kCoreV1Container},
    {21, "automountServiceAccountToken", kBool, kOne, kIfThere, nullptr},
    {22, "tolerations", kMessage, kList, kIfThere, &kCoreV1Toleration},
    {23, "hostAliases", kMessage, kList, kIfThere, &kCoreV1HostAlias},
    {24, "priorityClassName", kString, kOne, kUnlessZero, nullptr},
    {25, "priority", kInteger, kOne, kIfThere, nullptr},
    {26, "dnsConfig", kMessage, kOne, kIfThere, &kCoreV1PodDNSConfig},
    {27, "shareProcessNamespace", kBool, kOne, kIfThere, nullptr},
    {28, "readinessGates", kMessage, kList, kIfThere, &kCoreV1PodReadinessGate},
    {29, "runtimeClassName", kString, kOne, kIfThere, nullptr},
    {30, "enableServiceLinks", kBool, kOne, kIfThere, nullptr},
    {31, "preemptionPolicy", kString, kOne, kIfThere, nullptr},
    {32, "overhead", kQuantity, kMap, kIfThere, nullptr},
    {33, "topologySpreadConstraints", kMessage, kList, kIfThere, &kCoreV1TopologySpreadConstraint},
    {34, "ephemeralContainers", kMessage, kList, kIfThere, &kCoreV1EphemeralContainer},
    {35, "setHostnameAsFQDN", kBool, kOne, kIfThere, nullptr},
    {36, "os", kMessage, kOne, kIfThere, &kCoreV1PodOS},
    {37, "hostUsers", kBool, kOne, kIfThere, nullptr},
    {38, "schedulingGates", kMessage, kList, kIfThere, &kCoreV1PodSchedulingGate},
    {39, "resourceClaims", kMessage, kList, kIfThere, &kCoreV1PodResourceClaim},
    {40, "resources", kMessage, kOne, kIfThere, &kCoreV1ResourceRequirements},
    {41, "hostnameOverride", kString, kOne, kIfThere, nullptr},
    {43, "schedulingGroup", kMessage, kOne, kIfThere, &kCoreV1PodSchedulingGroup},
    {44, "evictionResponders", kMessage, kList, kIfThere, &kCoreV1EvictionResponder},
};
constexpr Message kCoreV1PodSpec = {kCoreV1PodSpecFields};

constexpr Field kCoreV1PodConditionFields[] = {
    {1, "type", kString, kOne, kAlways, nullptr},
    {2, "status", kString, kOne, kAlways, nullptr},
    {3, "lastProbeTime", kTime, kOne, kAlways, nullptr},
    {4, "lastTransitionTime", kTime, kOne, kAlways, nullptr},
    {5, "reason", kString, kOne, kUnlessZero, nullptr},
    {6, "message", kString, kOne, kUnlessZero, nullptr},
    {7, "observedGeneration", kInteger, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1PodCondition = {kCoreV1PodConditionFields};

constexpr Field kCoreV1ContainerStateWaitingFields[] = {
    {1, "reason", kString, kOne, kUnlessZero, nullptr},
    {2, "message", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1ContainerStateWaiting = {kCoreV1ContainerStateWaitingFields};

constexpr Field kCoreV1ContainerStateRunningFields[] = {
    {1, "startedAt", kTime, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1ContainerStateRunning = {kCoreV1ContainerStateRunningFields};

constexpr Field kCoreV1ContainerStateTerminatedFields[] = {
    {1, "exitCode", kInteger, kOne, kAlways, nullptr},
    {2, "signal", kInteger, kOne, kUnlessZero, nullptr},
    {3, "reason", kString, kOne, kUnlessZero, nullptr},
    {4, "message", kString, kOne, kUnlessZero, nullptr},
    {5, "startedAt", kTime, kOne, kAlways, nullptr},
    {6, "finishedAt", kTime, kOne, kAlways, nullptr},
    {7, "containerID", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1ContainerStateTerminated = {kCoreV1ContainerStateTerminatedFields};

constexpr Field kCoreV1ContainerStateFields[] = {
    {1, "waiting", kMessage, kOne, kIfThere, &kCoreV1ContainerStateWaiting},
    {2, "running", kMessage, kOne, kIfThere, &kCoreV1ContainerStateRunning},
    {3, "terminated", kMessage, kOne, kIfThere, &kCoreV1ContainerStateTerminated},
};
constexpr Message kCoreV1ContainerState = {kCoreV1ContainerStateFields};

constexpr Field kCoreV1ImageVolumeStatusFields[] = {
    {1, "imageRef", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1ImageVolumeStatus = {kCoreV1ImageVolumeStatusFields};

constexpr Field kCoreV1VolumeStatusFields[] = {
    {1, "image", kMessage, kOne, kIfThere, &kCoreV1ImageVolumeStatus},
};
constexpr Message kCoreV1VolumeStatus = {kCoreV1VolumeStatusFields};

constexpr Field kCoreV1VolumeMountStatusFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "mountPath", kString, kOne, kAlways, nullptr},
    {3, "readOnly", kBool, kOne, kUnlessZero, nullptr},
    {4, "recursiveReadOnly", kString, kOne, kIfThere, nullptr},
    {5, "volumeStatus", kMessage, kOne, kIfThere, &kCoreV1VolumeStatus},
};
constexpr Message kCoreV1VolumeMountStatus = {kCoreV1VolumeMountStatusFields};

constexpr Field kCoreV1LinuxContainerUserFields[] = {
    {1, "uid", kInteger, kOne, kAlways, nullptr},
    {2, "gid", kInteger, kOne, kAlways, nullptr},
    {3, "supplementalGroups", kInteger, kList, kIfThere, nullptr},
};
constexpr Message kCoreV1LinuxContainerUser = {kCoreV1LinuxContainerUserFields};

constexpr Field kCoreV1ContainerUserFields[] = {
    {1, "linux", kMessage, kOne, kIfThere, &kCoreV1LinuxContainerUser},
};
constexpr Message kCoreV1ContainerUser = {kCoreV1ContainerUserFields};

constexpr Field kCoreV1ResourceHealthFields[] = {
    {1, "resourceID", kString, kOne, kAlways, nullptr},
    {2, "health", kString, kOne, kUnlessZero, nullptr},
    {6, "message", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ResourceHealth = {kCoreV1ResourceHealthFields};

constexpr Field kCoreV1ResourceStatusFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "resources", kMessage, kList, kIfThere, &kCoreV1ResourceHealth},
};
constexpr Message kCoreV1ResourceStatus = {kCoreV1ResourceStatusFields};

constexpr Field kCoreV1ContainerStatusFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "state", kMessage, kOne, kAlways, &kCoreV1ContainerState},
    {3, "lastState", kMessage, kOne, kAlways, &kCoreV1ContainerState},
    {4, "ready", kBool, kOne, kAlways, nullptr},
    {5, "restartCount", kInteger, kOne, kAlways, nullptr},
    {6, "image", kString, kOne, kAlways, nullptr},
    {7, "imageID", kString, kOne, kAlways, nullptr},
    {8, "containerID", kString, kOne, kUnlessZero, nullptr},
    {9, "started", kBool, kOne, kIfThere, nullptr},
    {10, "allocatedResources", kQuantity, kMap, kIfThere, nullptr},
    {11, "resources", kMessage, kOne, kIfThere, &kCoreV1ResourceRequirements},
    {12, "volumeMounts", kMessage, kList, kIfThere, &kCoreV1VolumeMountStatus},
    {13, "user", kMessage, kOne, kIfThere, &kCoreV1ContainerUser},
    {14, "allocatedResourcesStatus", kMessage, kList, kIfThere, &kCoreV1ResourceStatus},
    {15, "stopSignal", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ContainerStatus = {kCoreV1ContainerStatusFields};

constexpr Field kCoreV1PodIPFields[] = {
    {1, "ip", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1PodIP = {kCoreV1PodIPFields};

constexpr Field kCoreV1PodResourceClaimStatusFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "resourceClaimName", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PodResourceClaimStatus = {kCoreV1PodResourceClaimStatusFields};

constexpr Field kCoreV1HostIPFields[] = {
    {1, "ip", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1HostIP = {kCoreV1HostIPFields};

constexpr Field kCoreV1ContainerExtendedResourceRequestFields[] = {
    {1, "containerName", kString, kOne, kAlways, nullptr},
    {2, "resourceName", kString, kOne, kAlways, nullptr},
    {3, "requestName", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1ContainerExtendedResourceRequest = {kCoreV1ContainerExtendedResourceRequestFields};

constexpr Field kCoreV1PodExtendedResourceClaimStatusFields[] = {
    {1, "requestMappings", kMessage, kList, kOrNull, &kCoreV1ContainerExtendedResourceRequest},
    {2, "resourceClaimName", kString, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1PodExtendedResourceClaimStatus = {kCoreV1PodExtendedResourceClaimStatusFields};

constexpr Field kCoreV1NodeAllocatableMappedResourcesFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "quantity", kQuantity, kOne, kOrNull, nullptr},
};
constexpr Message kCoreV1NodeAllocatableMappedResources = {kCoreV1NodeAllocatableMappedResourcesFields};

constexpr Field kCoreV1NodeAllocatableOverheadResourcesFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "perPod", kQuantity, kOne, kIfThere, nullptr},
    {3, "perContainer", kQuantity, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1NodeAllocatableOverheadResources = {kCoreV1NodeAllocatableOverheadResourcesFields};

constexpr Field kCoreV1NodeAllocatableResourceClaimStatusFields[] = {
    {1, "resourceClaimName", kString, kOne, kAlways, nullptr},
    {2, "containers", kString, kList, kIfThere, nullptr},
    {4, "mapping", kMessage, kList, kIfThere, &kCoreV1NodeAllocatableMappedResources},
    {5, "overhead", kMessage, kList, kIfThere, &kCoreV1NodeAllocatableOverheadResources},
};
constexpr Message kCoreV1NodeAllocatableResourceClaimStatus = {kCoreV1NodeAllocatableResourceClaimStatusFields};

constexpr Field kCoreV1VolumeHealthConditionFields[] = {
    {1, "status", kString, kOne, kAlways, nullptr},
    {2, "reason", kString, kOne, kAlways, nullptr},
    {3, "message", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kCoreV1VolumeHealthCondition = {kCoreV1VolumeHealthConditionFields};

constexpr Field kCoreV1PodVolumeHealthFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "healthConditions", kMessage, kList, kIfThere, &kCoreV1VolumeHealthCondition},
    {3, "lastTransitionTime", kTime, kOne, kAlways, nullptr},
};
constexpr Message kCoreV1PodVolumeHealth = {kCoreV1PodVolumeHealthFields};

constexpr Field kCoreV1PodStatusFields[] = {
    {1, "phase", kString, kOne, kUnlessZero, nullptr},
    {2, "conditions", kMessage, kList, kIfThere, &kCoreV1PodCondition},
    {3, "message", kString, kOne, kUnlessZero, nullptr},
    {4, "reason", kString, kOne, kUnlessZero, nullptr},
    {5, "hostIP", kString, kOne, kUnlessZero, nullptr},
    {6, "podIP", kString, kOne, kUnlessZero, nullptr},
    {7, "startTime", kTime, kOne, kIfThere, nullptr},
    {8, "containerStatuses", kMessage, kList, kIfThere, &kCoreV1ContainerStatus},
    {9, "qosClass", kString, kOne, kUnlessZero, nullptr},
    {10, "initContainerStatuses", kMessage, kList, kIfThere, &kCoreV1ContainerStatus},
    {11, "nominatedNodeName", kString, kOne, kUnlessZero, nullptr},
    {12, "podIPs", kMessage, kList, kIfThere, &kCoreV1PodIP},
    {13, "ephemeralContainerStatuses", kMessage, kList, kIfThere, &kCoreV1ContainerStatus},
    {14, "resize", kString, kOne, kUnlessZero, nullptr},
    {15, "resourceClaimStatuses", kMessage, kList, kIfThere, &kCoreV1PodResourceClaimStatus},
    {16, "hostIPs", kMessage, kList, kIfThere, &kCoreV1HostIP},
    {17, "observedGeneration", kInteger, kOne, kUnlessZero, nullptr},
    {18, "extendedResourceClaimStatus", kMessage, kOne, kIfThere, &kCoreV1PodExtendedResourceClaimStatus},
    {19, "allocatedResources", kQuantity, kMap, kIfThere, nullptr},
    {20, "resources", kMessage, kOne, kIfThere, &kCoreV1ResourceRequirements},
    {21, "nodeAllocatableResourceClaimStatuses", kMessage, kList, kIfThere, &kCoreV1NodeAllocatableResourceClaimStatus},
    {22, "volumeHealth", kMessage, kList, kIfThere, &kCoreV1PodVolumeHealth},
};
constexpr Message kCoreV1PodStatus = {kCoreV1PodStatusFields};

constexpr Field kCoreV1PodFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "spec", kMessage, kOne, kAlways, &kCoreV1PodSpec},
    {3, "status", kMessage, kOne, kAlways, &kCoreV1PodStatus},
};
constexpr Message kCoreV1Pod = {kCoreV1PodFields};

constexpr Field kCoreV1ServicePortFields[] = {
    {1, "name", kString, kOne, kUnlessZero, nullptr},
    {2, "protocol", kString, kOne, kUnlessZero, nullptr},
    {3, "port", kInteger, kOne, kAlways, nullptr},
    {4, "targetPort", kIntOrString, kOne, kAlways, nullptr},
    {5, "nodePort", kInteger, kOne, kUnlessZero, nullptr},
    {6, "appProtocol", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ServicePort = {kCoreV1ServicePortFields};

constexpr Field kCoreV1ClientIPConfigFields[] = {
    {1, "timeoutSeconds", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ClientIPConfig = {kCoreV1ClientIPConfigFields};

constexpr Field kCoreV1SessionAffinityConfigFields[] = {
    {1, "clientIP", kMessage, kOne, kIfThere, &kCoreV1ClientIPConfig},
};
constexpr Message kCoreV1SessionAffinityConfig = {kCoreV1SessionAffinityConfigFields};

constexpr Field kCoreV1ServiceSpecFields[] = {
    {1, "ports", kMessage, kList, kIfThere, &kCoreV1ServicePort},
    {2, "selector", kString, kMap, kIfThere, nullptr},
    {3, "clusterIP", kString, kOne, kUnlessZero, nullptr},
    {4, "type", kString, kOne, kUnlessZero, nullptr},
    {5, "externalIPs", kString, kList, kIfThere, nullptr},
    {7, "sessionAffinity", kString, kOne, kUnlessZero, nullptr},
    {8, "loadBalancerIP", kString, kOne, kUnlessZero, nullptr},
    {9, "loadBalancerSourceRanges", kString, kList, kIfThere, nullptr},
    {10, "externalName", kString, kOne, kUnlessZero, nullptr},
    {11, "externalTrafficPolicy", kString, kOne, kUnlessZero, nullptr},
    {12, "healthCheckNodePort", kInteger, kOne, kUnlessZero, nullptr},
    {13, "publishNotReadyAddresses", kBool, kOne, kUnlessZero, nullptr},
    {14, "sessionAffinityConfig", kMessage, kOne, kIfThere, &kCoreV1SessionAffinityConfig},
    {17, "ipFamilyPolicy", kString, kOne, kIfThere, nullptr},
    {18, "clusterIPs", kString, kList, kIfThere, nullptr},
    {19, "ipFamilies", kString, kList, kIfThere, nullptr},
    {20, "allocateLoadBalancerNodePorts", kBool, kOne, kIfThere, nullptr},
    {21, "loadBalancerClass", kString, kOne, kIfThere, nullptr},
    {22, "internalTrafficPolicy", kString, kOne, kIfThere, nullptr},
    {23, "trafficDistribution", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1ServiceSpec = {kCoreV1ServiceSpecFields};

constexpr Field kCoreV1PortStatusFields[] = {
    {1, "port", kInteger, kOne, kAlways, nullptr},
    {2, "protocol", kString, kOne, kAlways, nullptr},
    {3, "error", kString, kOne, kIfThere, nullptr},
};
constexpr Message kCoreV1PortStatus = {kCoreV1PortStatusFields};

constexpr Field kCoreV1LoadBalancerIngressFields[] = {
    {1, "ip", kString, kOne, kUnlessZero, nullptr},
    {2, "hostname", kString, kOne, kUnlessZero, nullptr},
    {3, "ipMode", kString, kOne, kIfThere, nullptr},
    {4, "ports", kMessage, kList, kIfThere, &kCoreV1PortStatus},
};
constexpr Message kCoreV1LoadBalancerIngress = {kCoreV1LoadBalancerIngressFields};

constexpr Field kCoreV1LoadBalancerStatusFields[] = {
    {1, "ingress", kMessage, kList, kIfThere, &kCoreV1LoadBalancerIngress},
};
constexpr Message kCoreV1LoadBalancerStatus = {kCoreV1LoadBalancerStatusFields};

constexpr Field kMetaV1ConditionFields[] = {
    {1, "type", kString, kOne, kAlways, nullptr},
    {2, "status", kString, kOne, kAlways, nullptr},
    {3, "observedGeneration", kInteger, kOne, kUnlessZero, nullptr},
    {4, "lastTransitionTime", kTime, kOne, kAlways, nullptr},
    {5, "reason", kString, kOne, kAlways, nullptr},
    {6, "message", kString, kOne, kAlways, nullptr},
};
constexpr Message kMetaV1Condition = {kMetaV1ConditionFields};

constexpr Field kCoreV1ServiceStatusFields[] = {
    {1, "loadBalancer", kMessage, kOne, kAlways, &kCoreV1LoadBalancerStatus},
    {2, "conditions", kMessage, kList, kIfThere, &kMetaV1Condition},
};
constexpr Message kCoreV1ServiceStatus = {kCoreV1ServiceStatusFields};

constexpr Field kCoreV1ServiceFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "spec", kMessage, kOne, kAlways, &kCoreV1ServiceSpec},
    {3, "status", kMessage, kOne, kAlways, &kCoreV1ServiceStatus},
};
constexpr Message kCoreV1Service = {kCoreV1ServiceFields};

constexpr Field kMetaV1ShardInfoFields[] = {
    {1, "selector", kString, kOne, kAlways, nullptr},
};
constexpr Message kMetaV1ShardInfo = {kMetaV1ShardInfoFields};

constexpr Field kMetaV1ListMetaFields[] = {
    {1, "selfLink", kString, kOne, kUnlessZero, nullptr},
    {2, "resourceVersion", kString, kOne, kUnlessZero, nullptr},
    {3, "continue", kString, kOne, kUnlessZero, nullptr},
    {4, "remainingItemCount", kInteger, kOne, kIfThere, nullptr},
    {5, "shardInfo", kMessage, kOne, kIfThere, &kMetaV1ShardInfo},
};
constexpr Message kMetaV1ListMeta = {kMetaV1ListMetaFields};

constexpr Field kMetaV1StatusCauseFields[] = {
    {1, "reason", kString, kOne, kUnlessZero, nullptr},
    {2, "message", kString, kOne, kUnlessZero, nullptr},
    {3, "field", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kMetaV1StatusCause = {kMetaV1StatusCauseFields};

constexpr Field kMetaV1StatusDetailsFields[] = {
    {1, "name", kString, kOne, kUnlessZero, nullptr},
    {2, "group", kString, kOne, kUnlessZero, nullptr},
    {3, "kind", kString, kOne, kUnlessZero, nullptr},
    {4, "causes", kMessage, kList, kIfThere, &kMetaV1StatusCause},
    {5, "retryAfterSeconds", kInteger, kOne, kUnlessZero, nullptr},
    {6, "uid", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kMetaV1StatusDetails = {kMetaV1StatusDetailsFields};

constexpr Field kMetaV1StatusFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ListMeta},
    {2, "status", kString, kOne, kUnlessZero, nullptr},
    {3, "message", kString, kOne, kUnlessZero, nullptr},
    {4, "reason", kString, kOne, kUnlessZero, nullptr},
    {5, "details", kMessage, kOne, kIfThere, &kMetaV1StatusDetails},
    {6, "code", kInteger, kOne, kUnlessZero, nullptr},
};
constexpr Message kMetaV1Status = {kMetaV1StatusFields};

constexpr Field kAppsV1ControllerRevisionFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "data", kJson, kOne, kAlways, nullptr},
    {3, "revision", kInteger, kOne, kAlways, nullptr},
};
constexpr Message kAppsV1ControllerRevision = {kAppsV1ControllerRevisionFields};

constexpr Field kCoreV1PodTemplateSpecFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "spec", kMessage, kOne, kAlways, &kCoreV1PodSpec},
};
constexpr Message kCoreV1PodTemplateSpec = {kCoreV1PodTemplateSpecFields};

constexpr Field kAppsV1RollingUpdateDeploymentFields[] = {
    {1, "maxUnavailable", kIntOrString, kOne, kIfThere, nullptr},
    {2, "maxSurge", kIntOrString, kOne, kIfThere, nullptr},
};
constexpr Message kAppsV1RollingUpdateDeployment = {kAppsV1RollingUpdateDeploymentFields};

constexpr Field kAppsV1DeploymentStrategyFields[] = {
    {1, "type", kString, kOne, kUnlessZero, nullptr},
    {2, "rollingUpdate", kMessage, kOne, kIfThere, &kAppsV1RollingUpdateDeployment},
};
constexpr Message kAppsV1DeploymentStrategy = {kAppsV1DeploymentStrategyFields};

constexpr Field kAppsV1DeploymentSpecFields[] = {
    {1, "replicas", kInteger, kOne, kIfThere, nullptr},
    {2, "selector", kMessage, kOne, kOrNull, &kMetaV1LabelSelector},
    {3, "template", kMessage, kOne, kAlways, &kCoreV1PodTemplateSpec},
    {4, "strategy", kMessage, kOne, kAlways, &kAppsV1DeploymentStrategy},
    {5, "minReadySeconds", kInteger, kOne, kUnlessZero, nullptr},
    {6, "revisionHistoryLimit", kInteger, kOne, kIfThere, nullptr},
    {7, "paused", kBool, kOne, kUnlessZero, nullptr},
    {9, "progressDeadlineSeconds", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kAppsV1DeploymentSpec = {kAppsV1DeploymentSpecFields};

constexpr Field kAppsV1DeploymentConditionFields[] = {
    {1, "type", kString, kOne, kAlways, nullptr},
    {2, "status", kString, kOne, kAlways, nullptr},
    {4, "reason", kString, kOne, kUnlessZero, nullptr},
    {5, "message", kString, kOne, kUnlessZero, nullptr},
    {6, "lastUpdateTime", kTime, kOne, kAlways, nullptr},
    {7, "lastTransitionTime", kTime, kOne, kAlways, nullptr},
};
constexpr Message kAppsV1DeploymentCondition = {kAppsV1DeploymentConditionFields};

constexpr Field kAppsV1DeploymentStatusFields[] = {
    {1, "observedGeneration", kInteger, kOne, kUnlessZero, nullptr},
    {2, "replicas", kInteger, kOne, kUnlessZero, nullptr},
    {3, "updatedReplicas", kInteger, kOne, kUnlessZero, nullptr},
    {4, "availableReplicas", kInteger, kOne, kUnlessZero, nullptr},
    {5, "unavailableReplicas", kInteger, kOne, kUnlessZero, nullptr},
    {6, "conditions", kMessage, kList, kIfThere, &kAppsV1DeploymentCondition},
    {7, "readyReplicas", kInteger, kOne, kUnlessZero, nullptr},
    {8, "collisionCount", kInteger, kOne, kIfThere, nullptr},
    {9, "terminatingReplicas", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kAppsV1DeploymentStatus = {kAppsV1DeploymentStatusFields};

constexpr Field kAppsV1DeploymentFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "spec", kMessage, kOne, kAlways, &kAppsV1DeploymentSpec},
    {3, "status", kMessage, kOne, kAlways, &kAppsV1DeploymentStatus},
};
constexpr Message kAppsV1Deployment = {kAppsV1DeploymentFields};

constexpr Field kBatchV1PodFailurePolicyOnExitCodesRequirementFields[] = {
    {1, "containerName", kString, kOne, kIfThere, nullptr},
    {2, "operator", kString, kOne, kAlways, nullptr},
    {3, "values", kInteger, kList, kOrNull, nullptr},
};
constexpr Message kBatchV1PodFailurePolicyOnExitCodesRequirement = {kBatchV1PodFailurePolicyOnExitCodesRequirementFields};

constexpr Field kBatchV1PodFailurePolicyOnPodConditionsPatternFields[] = {
    {1, "type", kString, kOne, kAlways, nullptr},
    {2, "status", kString, kOne, kAlways, nullptr},
};
constexpr Message kBatchV1PodFailurePolicyOnPodConditionsPattern = {kBatchV1PodFailurePolicyOnPodConditionsPatternFields};

constexpr Field kBatchV1PodFailurePolicyRuleFields[] = {
    {1, "action", kString, kOne, kAlways, nullptr},
    {2, "onExitCodes", kMessage, kOne, kIfThere, &kBatchV1PodFailurePolicyOnExitCodesRequirement},
    {3, "onPodConditions", kMessage, kList, kIfThere, &kBatchV1PodFailurePolicyOnPodConditionsPattern},
};
constexpr Message kBatchV1PodFailurePolicyRule = {kBatchV1PodFailurePolicyRuleFields};

constexpr Field kBatchV1PodFailurePolicyFields[] = {
    {1, "rules", kMessage, kList, kOrNull, &kBatchV1PodFailurePolicyRule},
};
constexpr Message kBatchV1PodFailurePolicy = {kBatchV1PodFailurePolicyFields};

constexpr Field kBatchV1SuccessPolicyRuleFields[] = {
    {1, "succeededIndexes", kString, kOne, kIfThere, nullptr},
    {2, "succeededCount", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kBatchV1SuccessPolicyRule = {kBatchV1SuccessPolicyRuleFields};

constexpr Field kBatchV1SuccessPolicyFields[] = {
    {1, "rules", kMessage, kList, kOrNull, &kBatchV1SuccessPolicyRule},
};
constexpr Message kBatchV1SuccessPolicy = {kBatchV1SuccessPolicyFields};

constexpr Message kSchedulingV1alpha3WorkloadPodGroupBasicSchedulingPolicy = {};

constexpr Field kSchedulingV1alpha3WorkloadPodGroupGangSchedulingPolicyFields[] = {
    {1, "minCount", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kSchedulingV1alpha3WorkloadPodGroupGangSchedulingPolicy = {kSchedulingV1alpha3WorkloadPodGroupGangSchedulingPolicyFields};

constexpr Field kSchedulingV1alpha3WorkloadPodGroupSchedulingPolicyFields[] = {
    {1, "basic", kMessage, kOne, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupBasicSchedulingPolicy},
    {2, "gang", kMessage, kOne, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupGangSchedulingPolicy},
};
constexpr Message kSchedulingV1alpha3WorkloadPodGroupSchedulingPolicy = {kSchedulingV1alpha3WorkloadPodGroupSchedulingPolicyFields};

constexpr Field kSchedulingV1alpha3TopologyConstraintFields[] = {
    {1, "key", kString, kOne, kAlways, nullptr},
};
constexpr Message kSchedulingV1alpha3TopologyConstraint = {kSchedulingV1alpha3TopologyConstraintFields};

constexpr Field kSchedulingV1alpha3WorkloadPodGroupSchedulingConstraintsFields[] = {
    {1, "topology", kMessage, kList, kIfThere, &kSchedulingV1alpha3TopologyConstraint},
};
constexpr Message kSchedulingV1alpha3WorkloadPodGroupSchedulingConstraints = {kSchedulingV1alpha3WorkloadPodGroupSchedulingConstraintsFields};

constexpr Message kSchedulingV1alpha3WorkloadPodGroupSingleDisruptionMode = {};

constexpr Message kSchedulingV1alpha3WorkloadPodGroupAllDisruptionMode = {};

constexpr Field kSchedulingV1alpha3WorkloadPodGroupDisruptionModeFields[] = {
    {1, "single", kMessage, kOne, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupSingleDisruptionMode},
    {2, "all", kMessage, kOne, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupAllDisruptionMode},
};
constexpr Message kSchedulingV1alpha3WorkloadPodGroupDisruptionMode = {kSchedulingV1alpha3WorkloadPodGroupDisruptionModeFields};

constexpr Field kSchedulingV1alpha3WorkloadPodGroupResourceClaimFields[] = {
    {1, "name", kString, kOne, kAlways, nullptr},
    {2, "resourceClaimName", kString, kOne, kIfThere, nullptr},
    {3, "resourceClaimTemplateName", kString, kOne, kIfThere, nullptr},
};
constexpr Message kSchedulingV1alpha3WorkloadPodGroupResourceClaim = {kSchedulingV1alpha3WorkloadPodGroupResourceClaimFields};

constexpr Field kBatchV1JobSchedulingConfigurationFields[] = {
    {1, "schedulingPolicy", kMessage, kOne, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupSchedulingPolicy},
    {2, "schedulingConstraints", kMessage, kOne, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupSchedulingConstraints},
    {3, "disruptionMode", kMessage, kOne, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupDisruptionMode},
    {4, "resourceClaims", kMessage, kList, kIfThere, &kSchedulingV1alpha3WorkloadPodGroupResourceClaim},
};
constexpr Message kBatchV1JobSchedulingConfiguration = {kBatchV1JobSchedulingConfigurationFields};

constexpr Field kBatchV1JobSpecFields[] = {
    {1, "parallelism", kInteger, kOne, kIfThere, nullptr},
    {2, "completions", kInteger, kOne, kIfThere, nullptr},
    {3, "activeDeadlineSeconds", kInteger, kOne, kIfThere, nullptr},
    {4, "selector", kMessage, kOne, kIfThere, &kMetaV1LabelSelector},
    {5, "manualSelector", kBool, kOne, kIfThere, nullptr},
    {6, "template", kMessage, kOne, kAlways, &kCoreV1PodTemplateSpec},
    {7, "backoffLimit", kInteger, kOne, kIfThere, nullptr},
    {8, "ttlSecondsAfterFinished", kInteger, kOne, kIfThere, nullptr},
    {9, "completionMode", kString, kOne, kIfThere, nullptr},
    {10, "suspend", kBool, kOne, kIfThere, nullptr},
    {11, "podFailurePolicy", kMessage, kOne, kIfThere, &kBatchV1PodFailurePolicy},
    {12, "backoffLimitPerIndex", kInteger, kOne, kIfThere, nullptr},
    {13, "maxFailedIndexes", kInteger, kOne, kIfThere, nullptr},
    {14, "podReplacementPolicy", kString, kOne, kIfThere, nullptr},
    {15, "managedBy", kString, kOne, kIfThere, nullptr},
    {16, "successPolicy", kMessage, kOne, kIfThere, &kBatchV1SuccessPolicy},
    {17, "scheduling", kMessage, kOne, kIfThere, &kBatchV1JobSchedulingConfiguration},
};
constexpr Message kBatchV1JobSpec = {kBatchV1JobSpecFields};

constexpr Field kBatchV1JobConditionFields[] = {
    {1, "type", kString, kOne, kAlways, nullptr},
    {2, "status", kString, kOne, kAlways, nullptr},
    {3, "lastProbeTime", kTime, kOne, kAlways, nullptr},
    {4, "lastTransitionTime", kTime, kOne, kAlways, nullptr},
    {5, "reason", kString, kOne, kUnlessZero, nullptr},
    {6, "message", kString, kOne, kUnlessZero, nullptr},
};
constexpr Message kBatchV1JobCondition = {kBatchV1JobConditionFields};

constexpr Field kBatchV1UncountedTerminatedPodsFields[] = {
    {1, "succeeded", kString, kList, kIfThere, nullptr},
    {2, "failed", kString, kList, kIfThere, nullptr},
};
constexpr Message kBatchV1UncountedTerminatedPods = {kBatchV1UncountedTerminatedPodsFields};

constexpr Field kBatchV1JobStatusFields[] = {
    {1, "conditions", kMessage, kList, kIfThere, &kBatchV1JobCondition},
    {2, "startTime", kTime, kOne, kIfThere, nullptr},
    {3, "completionTime", kTime, kOne, kIfThere, nullptr},
    {4, "active", kInteger, kOne, kUnlessZero, nullptr},
    {5, "succeeded", kInteger, kOne, kUnlessZero, nullptr},
    {6, "failed", kInteger, kOne, kUnlessZero, nullptr},
    {7, "completedIndexes", kString, kOne, kUnlessZero, nullptr},
    {8, "uncountedTerminatedPods", kMessage, kOne, kIfThere, &kBatchV1UncountedTerminatedPods},
    {9, "ready", kInteger, kOne, kIfThere, nullptr},
    {10, "failedIndexes", kString, kOne, kIfThere, nullptr},
    {11, "terminating", kInteger, kOne, kIfThere, nullptr},
};
constexpr Message kBatchV1JobStatus = {kBatchV1JobStatusFields};

constexpr Field kBatchV1JobFields[] = {
    {1, "metadata", kMessage, kOne, kAlways, &kMetaV1ObjectMeta},
    {2, "spec", kMessage, kOne, kAlways, &kBatchV1JobSpec},
    {3, "status", kMessage, kOne, kAlways, &kBatchV1JobStatus},
};
constexpr Message kBatchV1Job = {kBatchV1JobFields};

constexpr Root kRoots[] = {
    {"", "v1", "ConfigMap", &kCoreV1ConfigMap},
    {"", "v1", "Pod", &kCoreV1Pod},
    {"", "v1", "Service", &kCoreV1Service},
    {"", "v1", "Status", &kMetaV1Status},
    {"apps", "v1", "ControllerRevision", &kAppsV1ControllerRevision},
    {"apps", "v1", "Deployment", &kAppsV1Deployment},
    {"batch", "v1", "Job", &kBatchV1Job},
};
// clang-format on

}  // namespace

std::span<const Root> roots() { return kRoots; }

}  // namespace gyre::kube::protobuf
