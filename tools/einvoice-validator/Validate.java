import com.helger.diagnostics.error.IError;
import com.helger.diver.api.coord.DVRCoordinate;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.result.ValidationResultList;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.en16931.EN16931Validation;
import com.helger.phive.peppol.PeppolValidation2026_05;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

/** Every XML file of a folder by the official rules; see run.sh. */
public final class Validate {
  public static void main(String[] args) throws Exception {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var registry = new ValidationExecutorSetRegistry<IValidationSourceXML>();
    EN16931Validation.initEN16931(registry);
    PeppolValidation2026_05.init(registry);
    var parsers = DocumentBuilderFactory.newInstance();
    parsers.setNamespaceAware(true);
    parsers.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    List<Path> files;
    try (var listed = Files.list(Path.of(args[0]))) { files = listed.filter(f -> f.toString().endsWith(".xml")).sorted().toList(); }
    for (Path file : files) {
      Document document;
      try {
        var parser = parsers.newDocumentBuilder();
        parser.setErrorHandler(null);
        document = parser.parse(file.toFile());
      } catch (SAXException | java.io.CharConversionException notXml) {
        String finding = "{\"level\":\"error\",\"id\":\"XML 1.0\",\"where\":\"\",\"text\":" + quoted(notXml.getMessage()) + "}";
        for (String rules : List.of("xml", "xml")) out.println("{\"file\":" + quoted(file.getFileName().toString()) + ",\"rules\":" + quoted(rules) + ",\"checks\":1,\"findings\":[" + finding + "]}");
        continue;
      }
      boolean credit = document.getDocumentElement().getLocalName().equals("CreditNote");
      for (DVRCoordinate rules : credit
          ? List.of(EN16931Validation.VID_UBL_CREDIT_NOTE_1316, PeppolValidation2026_05.VID_OPENPEPPOL_CREDIT_NOTE_UBL_V3)
          : List.of(EN16931Validation.VID_UBL_INVOICE_1316, PeppolValidation2026_05.VID_OPENPEPPOL_INVOICE_UBL_V3)) {
        var source = ValidationSourceXML.create(file.toString(), document);
        ValidationResultList results = ValidationExecutionManager.executeValidation(IValidityDeterminator.createDefault(), registry.getOfID(rules), source, Locale.ENGLISH);
        var findings = new ArrayList<String>();
        results.forEachFlattened(finding -> findings.add(json(finding)));
        out.println("{\"file\":" + quoted(file.getFileName().toString()) + ",\"rules\":" + quoted(rules.getAsSingleID()) + ",\"checks\":" + results.size() + ",\"findings\":[" + String.join(",", findings) + "]}");
      }
    }
  }

  private static String json(IError finding) {
    String where = finding.hasErrorFieldName() ? finding.getErrorFieldName() : finding.getErrorLocation().getAsString();
    String text = finding.getErrorText(Locale.ENGLISH);
    return "{\"level\":" + quoted(finding.getErrorLevel().getID()) + ",\"id\":" + quoted(finding.getErrorID()) + ",\"where\":" + quoted(where) + ",\"text\":" + quoted(text == null ? finding.getLinkedExceptionMessage() : text) + "}";
  }

  private static String quoted(String text) {
    if (text == null) return "\"\"";
    var quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c < ' ') quoted.append(String.format("\\u%04x", (int) c));
      else quoted.append(c);
    }
    return quoted.append('"').toString();
  }
}
