package org.postrider.cli;

import java.io.PrintWriter;
import java.util.List;
import org.postrider.control.operation.ClientSetting;

/** Says what to enter in a mail client. */
public final class MailClientText {
  private MailClientText() {}

  /** Prints the settings in the words of Thunderbird's manual configuration. */
  public static void print(List<ClientSetting> settings, PrintWriter out) {
    out.println("In a mail client (Thunderbird: \"Configure manually\"):");
    Table table = new Table("", "Server", "Port", "Security", "Authentication", "User name");
    for (ClientSetting setting : settings) {
      table.row(
          setting.protocol(),
          setting.server(),
          setting.port(),
          setting.security(),
          "Normal password",
          setting.userName());
    }
    table.print(out, "  ");
  }
}
