<?php
// Reads a calendar from standard input with Debian's sabre/vobject (an early release of the
// library in Nextcloud and Baïkal) and writes its events as JSON. Of the library's own rules
// this release asks those for the letters that a line may hold.

// The package is older than the PHP it runs on, which says so at each turn.
error_reporting(E_ALL & ~E_DEPRECATED);
require_once 'Sabre/VObject/autoload.php';

$calendar = Sabre\VObject\Reader::read(stream_get_contents(STDIN));
$faults = array_column($calendar->validate(), 'message');
if ($faults) {
    fwrite(STDERR, 'sabre/vobject: ' . implode('; ', $faults) . "\n");
    exit(1);
}
// This version of the library leaves the commas and semicolons of a text as they were written.
$text = fn ($property) => str_replace(['\\,', '\\;'], [',', ';'], (string) $property);
$events = [];
foreach ($calendar->select('VEVENT') as $event) {
    $events[] = [
        'uid' => (string) $event->UID,
        'begins' => $event->DTSTART->getDateTime()->getTimestamp(),
        'ends' => $event->DTEND->getDateTime()->getTimestamp(),
        'status' => (string) $event->STATUS,
        'sequence' => (int) (string) $event->SEQUENCE,
        'title' => $text($event->SUMMARY),
        'place' => $text($event->LOCATION),
    ];
}
echo json_encode($events);
