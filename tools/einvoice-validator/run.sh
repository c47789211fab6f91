#!/bin/sh
# Checks every .xml file of a folder, UBL 2.1 invoices and credit notes, by the schemas and the official rules of EN 16931 and Peppol BIS Billing 3. Needs a JDK 17 or newer and mvn.
#
#   tools/einvoice-validator/run.sh [--jars DIR] FOLDER
#
# Prints one line of JSON per file and set of rules: {"file","rules","checks","findings":[{"level","id","where","text"}]}. Jars come from Maven Central once (24 MB) and stay in their folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's|.*phive-rules-peppol</artifactId><version>\([^<]*\)<.*|\1|p' "$here/pom.xml")-$(cksum < "$here/pom.xml" | cut -d' ' -f1)
jars=$here/../../.data/einvoice-validator
if [ "${1:-}" = --jars ]; then jars=$2; shift 2; fi
if [ $# -ne 1 ]; then sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 64; fi

libs=$jars/$version
if [ ! -d "$libs" ]; then
  echo "fetching the rules of EN 16931 and Peppol ($version) from Maven Central" >&2
  mkdir -p "$jars"
  fresh=$(mktemp -d "$jars/.fetch-XXXXXX")
  mvn -B -q -ntp -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$fresh" >&2
  chmod 755 "$fresh"
  if [ -d "$libs" ]; then rm -rf "$fresh"; else mv "$fresh" "$libs"; fi # another one may have been faster
fi
exec java -cp "$libs/*" "$here/Validate.java" "$1"
