<?php
// Reads an invitation from standard input, answers it with Debian's Horde_Itip (the answering
// half of Horde's and Kolab's webmail) and writes the whole mail.
// Arguments: the invitee's address and name, then Accept, Decline or Tentative.

// The package is older than the PHP it runs on, which says so at each turn.
error_reporting(E_ALL & ~E_DEPRECATED);
spl_autoload_register(function ($class) {
    $file = stream_resolve_include_path(str_replace(['_', '\\'], '/', $class) . '.php');
    if ($file) {
        require_once $file;
    }
});

[, $address, $name, $answer] = $argv;
$calendar = new Horde_Icalendar();
if (!$calendar->parsevCalendar(file_get_contents('php://stdin'))) {
    fwrite(STDERR, "Horde cannot read it\n");
    exit(1);
}
$invitee = new Horde_Itip_Resource_Base($address, $name);
$type = "Horde_Itip_Response_Type_$answer";
$transport = new Horde_Mail_Transport_Mock();
Horde_Itip::factory($calendar->findComponent('VEVENT'), $invitee)->sendMultipartResponse(
    new $type($invitee),
    new Horde_Itip_Response_Options_Horde('UTF-8', []),
    $transport
);
[$sent] = $transport->sentMessages;
echo $sent['header_text'], "\r\n\r\n", $sent['body'];
