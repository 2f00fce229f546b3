// How to switch a managed cluster's audit log on, and how to get it into `falconet run`: commands for an operator to run. There the API
// server's flags are the provider's, so there is no webhook and no audit policy of one's own.

import type { Cloud } from '../../isa/clouds.ts';

/** A shell script with remarks; what stands in capitals is to be replaced. */
export function cloudSetup(cloud: Cloud, cluster = 'CLUSTER'): string {
  return TEXTS[cloud].replaceAll('CLUSTER', cluster);
}

const TEXTS: Readonly<Record<Cloud, string>> = {
  eks: `# EKS writes its audit log to CloudWatch Logs. The reader needs logs:FilterLogEvents on the log group.
aws eks update-cluster-config --name CLUSTER --logging '{"clusterLogging":[{"types":["audit"],"enabled":true}]}'

# as it comes (some seconds late)
aws logs tail /aws/eks/CLUSTER/cluster --log-stream-name-prefix kube-apiserver-audit --follow --format short |
  falconet run --from eks -

# the last hour
aws logs filter-log-events --log-group-name /aws/eks/CLUSTER/cluster --log-stream-name-prefix kube-apiserver-audit \\
  --start-time "$(($(date +%s) - 3600))000" --output json | falconet run --from eks --framing document -

# from a bucket: an export task, or a subscription filter with a delivery stream; compressed once or twice, or not
aws s3 cp --recursive s3://BUCKET/PREFIX exported
find exported -type f ! -name aws-logs-write-test -print0 | xargs -0 falconet run --from eks

# CloudWatch cuts events above its limit: they are rejected as invalid_json, and counted.
`,
  gke: `# GKE writes its audit log to Cloud Logging: changes always, reads (data_access) when they are switched on for k8s.io.
gcloud logging read 'logName:"cloudaudit.googleapis.com" AND protoPayload.serviceName="k8s.io" AND resource.labels.cluster_name="CLUSTER"' \\
  --freshness=1h --format=json | falconet run --from gke --framing document -

# as it comes: a sink into Pub/Sub
gcloud pubsub topics create falconet-audit
gcloud pubsub subscriptions create falconet-audit --topic=falconet-audit
gcloud logging sinks create falconet-audit pubsub.googleapis.com/projects/PROJECT/topics/falconet-audit \\
  --log-filter='logName:"cloudaudit.googleapis.com" AND protoPayload.serviceName="k8s.io" AND resource.labels.cluster_name="CLUSTER"'
gcloud pubsub topics add-iam-policy-binding falconet-audit --role=roles/pubsub.publisher \\
  --member="$(gcloud logging sinks describe falconet-audit --format='value(writerIdentity)')"
while sleep 1; do
  gcloud pubsub subscriptions pull falconet-audit --auto-ack --limit=1000 --format=json | jq -c '.[]'
done | falconet run --from gke -

# Entries become audit events again; they have no user groups, no query in the URI, and \`core\` as the group of pods and the like. A
# status is inferred where the entry has no failure. --auto-ack: what is pulled and not evaluated is lost.
`,
  aks: `# AKS hands its audit log to diagnostic settings. One of kube-audit (all) and kube-audit-admin (changes) is enough: with both,
# changes come twice.
RESOURCE=$(az aks show --resource-group GROUP --name CLUSTER --query id --output tsv)

# to Event Hubs, and as it comes: any Kafka client reads it
az monitor diagnostic-settings create --name falconet --resource "$RESOURCE" --event-hub HUB --event-hub-rule RULE_ID \\
  --logs '[{"category":"kube-audit","enabled":true}]'
kcat -C -b NAMESPACE.servicebus.windows.net:9093 -t HUB -o end -X security.protocol=SASL_SSL -X sasl.mechanisms=PLAIN \\
  -X 'sasl.username=$ConnectionString' -X "sasl.password=$CONNECTION_STRING" -u | falconet run --from aks -

# to a storage account, and by the hour
az monitor diagnostic-settings create --name falconet --resource "$RESOURCE" --storage-account ACCOUNT \\
  --logs '[{"category":"kube-audit","enabled":true}]'
az storage blob download-batch --account-name ACCOUNT --source insights-logs-kube-audit --destination exported
find exported -name PT1H.json -print0 | xargs -0 falconet run --from aks --framing lines
`,
  ovh: `# OVHcloud forwards its audit log to a stream of the Logs Data Platform: the stream's menu has the address of its live tail.
websocat --ping-interval 30 'wss://gra1.logs.ovh.com/tail/?tk=TOKEN' | falconet run --from ovh -

# What passes while the connection is down is not sent again.
`,
};
