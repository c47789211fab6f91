#!/bin/sh
# Runs one real Apache Kafka node (KRaft) in the foreground, with Java 17 or newer and mvn, without Docker. Ready at the line "Kafka Server started".
#
#   deploy/local-kafka/run.sh [--data DIR] [--jars DIR] [--port 9092] [--controller-port 9093]
#
# Jars come from Maven Central once (44 MB) and stay in their folder. Data survive restarts. The process of this script becomes the broker: a signal to it is a signal to Kafka.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's|.*kafka_2.13</artifactId><version>\([^<]*\)<.*|\1|p' "$here/pom.xml")
home=$here/../../.data/kafka
data=$home/data jars=$home/jars port=9092 controller=9093
while [ $# -gt 0 ]; do
  case $1 in
    --data) data=$2 ;; --jars) jars=$2 ;; --port) port=$2 ;; --controller-port) controller=$2 ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
  esac
  shift 2
done

libs=$jars/$version
if [ ! -d "$libs" ]; then
  echo "fetching Apache Kafka $version from Maven Central" >&2
  mkdir -p "$jars"
  fresh=$(mktemp -d "$jars/.fetch-XXXXXX")
  mvn -B -q -ntp -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$fresh" >&2
  chmod 755 "$fresh"
  if [ -d "$libs" ]; then rm -rf "$fresh"; else mv "$fresh" "$libs"; fi # another one may have been faster
fi

mkdir -p "$data"
data=$(cd "$data" && pwd)
sed -e "s|@PORT@|$port|g" -e "s|@CONTROLLER_PORT@|$controller|g" -e "s|@DATA@|$data/log|g" "$here/server.properties" > "$data/server.properties"
# One line per message on standard output; warnings of the brokers, and the one line that says that it is ready.
cat > "$data/log4j2.properties" <<'LOG'
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
LOG
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if [ ! -f "$data/log/meta.properties" ]; then
  cluster=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c1-22)
  "$java" -cp "$libs/*" -Dlog4j2.configurationFile="$data/log4j2.properties" kafka.tools.StorageTool format --cluster-id="$cluster" --standalone -c "$data/server.properties" >&2
fi
exec "$java" -Xms256m -Xmx512m -XX:+UseSerialGC -cp "$libs/*" -Dlog4j2.configurationFile="$data/log4j2.properties" kafka.Kafka "$data/server.properties"
