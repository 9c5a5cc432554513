#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""A shoald that follows a script: the interfaces of data/dbus with made-up objects.

Tests of the window and of the models talk to it in place of the daemon. It checks what it is
sent against the interface descriptions, does what a scenario says, and keeps a log of the
calls. It is told what to do over the interface org.shoal.Fake.
"""

import argparse
import pathlib
import random
import sys
import time

from gi.repository import Gio, GLib

BASE = '/org/shoal/Shoal/Daemon'
PREFIX = 'org.shoal.Shoal1.'
FAKE_XML = '''<node><interface name="org.shoal.Fake">
  <method name="Load"><arg name="scenario" type="s" direction="in"/></method>
  <method name="Put"><arg name="path" type="s" direction="in"/>
    <arg name="interface" type="s" direction="in"/>
    <arg name="values" type="a{sv}" direction="in"/></method>
  <method name="Drop"><arg name="path" type="s" direction="in"/></method>
  <method name="Announce"><arg name="path" type="s" direction="in"/></method>
  <method name="Fail"><arg name="method" type="s" direction="in"/>
    <arg name="error" type="s" direction="in"/>
    <arg name="message" type="s" direction="in"/></method>
  <method name="Calls"><arg name="calls" type="as" direction="out"/></method>
  <method name="Status"><arg name="status" type="a{sv}" direction="in"/></method>
  <method name="Results"><arg name="results" type="aa{sv}" direction="in"/></method>
  <method name="Vanish"/>
</interface></node>'''
MANAGER_XML = '''<node><interface name="org.freedesktop.DBus.ObjectManager">
  <method name="GetManagedObjects">
    <arg name="objects" type="a{oa{sa{sv}}}" direction="out"/></method>
  <signal name="InterfacesAdded"><arg type="o"/><arg type="a{sa{sv}}"/></signal>
  <signal name="InterfacesRemoved"><arg type="o"/><arg type="as"/></signal>
</interface></node>'''
EMPTY = {'s': '', 'o': '/', 't': 0, 'u': 0, 'x': 0, 'i': 0, 'd': -1.0, 'b': False, 'as': [],
         'a{sv}': {}, 'aa{sv}': []}
CONFIG = {'sharing-mode': ('SharingMode', 's'), 'master-url': ('MasterUrl', 's'),
          'metered-policy': ('MeteredPolicy', 's'), 'bootstrap': ('Bootstrap', 'as'),
          'max-upload-bps': ('MaxUploadBps', 't'), 'auto-fetch': ('AutoFetch', 'b'),
          'max-download-bps': ('MaxDownloadBps', 't'),
          'cache-limit-bytes': ('CacheLimitBytes', 't'), 'mdns': ('Mdns', 'b'),
          'registry-mode': ('RegistryMode', 's'), 'dht-mode': ('DhtMode', 's'),
          'announce': ('Announce', 'b')}
WORDS = {'registry-mode': ('central', 'p2p', 'hybrid'),
         'dht-mode': ('auto', 'client', 'server', 'off')}


def escape_id(app_id):
    return ''.join(c if c.isalnum() else '_%02x' % ord(c) for c in app_id)


class Failure(Exception):
    def __init__(self, name, message):
        super().__init__(message)
        self.name = name if '.' in name else PREFIX + 'Error.' + name


class Pace:
    """How slowly it works, as on a loaded machine. Each task may have to wait for the processor,
    and signals are sent later than the answer to the call that caused them, in their order: so
    does the real daemon, which sends them when it has nothing else to do."""

    def __init__(self, slow_ms=0, seed=0):
        self.slow_ms = slow_ms
        self.random = random.Random(seed)
        self.waiting = []

    def stall(self):
        if self.slow_ms:
            time.sleep(self.random.uniform(0, self.slow_ms) / 1000)

    def send(self, emit):
        if not self.slow_ms:
            emit()
            return
        self.waiting.append(emit)
        if len(self.waiting) == 1:
            self.wait()

    def wait(self):
        GLib.timeout_add(self.random.randrange(self.slow_ms), self.send_next)

    def send_next(self):
        self.waiting.pop(0)()
        if self.waiting:
            self.wait()
        return False


class Object:
    """One object of the daemon: a path, one interface and its properties."""

    def __init__(self, daemon, path, interface, values):
        self.daemon = daemon
        self.path = path
        self.info = daemon.infos[PREFIX + interface]
        self.values = {}
        for prop in self.info.properties:
            self.values[prop.name] = GLib.Variant(prop.signature, EMPTY[prop.signature])
        self.values['Version'] = GLib.Variant('u', 1)
        self.merge(values)
        self.id = daemon.bus.register_object(path, self.info, self.call, self.get, None)

    def merge(self, values):
        changed = {}
        types = {prop.name: prop.signature for prop in self.info.properties}
        for name, value in values.items():
            if not isinstance(value, GLib.Variant):
                value = GLib.Variant(types[name], value)
            assert value.get_type_string() == types[name], name
            changed[name] = value
        self.values.update(changed)
        return changed

    def set(self, **values):
        changed = self.merge(values)
        self.daemon.emit(self.path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged',
                         GLib.Variant('(sa{sv}as)', (self.info.name, changed, [])))

    def __getitem__(self, name):
        return self.values[name].unpack()

    def get(self, bus, sender, path, interface, name):
        return self.values[name]

    def call(self, bus, sender, path, interface, method, args, invocation):
        daemon = self.daemon
        daemon.pace.stall()
        kind = interface[len(PREFIX):]
        daemon.calls.append('%s.%s%s' % (kind, method, args.print_(False)))
        try:
            failure = daemon.failures.pop(method, None)
            if failure is not None:
                raise Failure(*failure)
            handler = getattr(daemon, 'do_%s_%s' % (kind, method), None)
            reply = handler(self, *args.unpack()) if handler is not None else None
        except Failure as failure:
            invocation.return_dbus_error(failure.name, str(failure))
            return
        invocation.return_value(reply)


class Daemon:
    def __init__(self, xml_dir, bus, name, scenario, pace):
        self.bus = bus
        self.pace = pace
        self.infos = {}
        self.objects = {}
        self.calls = []
        self.failures = {}
        self.counts = {}  # of the objects made so far, by folder
        self.scenario = scenario
        for xml in sorted(pathlib.Path(xml_dir).glob('org.shoal.Shoal1.*.xml')):
            for info in Gio.DBusNodeInfo.new_for_xml(xml.read_text()).interfaces:
                self.infos[info.name] = info
        fake = Gio.DBusNodeInfo.new_for_xml(FAKE_XML).interfaces[0]
        manager = Gio.DBusNodeInfo.new_for_xml(MANAGER_XML).interfaces[0]
        bus.register_object('/org/shoal/Fake', fake, self.fake_call, None, None)
        bus.register_object(BASE, manager, self.manager_call, None, None)
        self.releases = []
        self.mesh_status = {}
        self.hold_search = False
        self.results = None
        self.load(scenario)
        # Who reads "ready" may call at once: not before the name is there.
        self.owner = Gio.bus_own_name_on_connection(
            bus, name, Gio.BusNameOwnerFlags.NONE, lambda *_: print('ready', flush=True),
            lambda *_: sys.exit(3))

    def emit(self, path, interface, signal, args):
        self.pace.send(lambda: self.bus.emit_signal(None, path, interface, signal, args))

    # The objects

    def put(self, path, interface, **values):
        if path in self.objects:
            self.objects[path].set(**values)
            return self.objects[path]
        new = Object(self, path, interface, values)
        self.objects[path] = new
        self.announce(path)
        return new

    def announce(self, path):
        """Again for what is known already: as when it came between the question what there is
        and the answer."""
        known = self.objects[path]
        self.emit(BASE, 'org.freedesktop.DBus.ObjectManager', 'InterfacesAdded',
                  GLib.Variant('(oa{sa{sv}})', (path, {known.info.name: known.values})))

    def drop(self, path):
        old = self.objects.pop(path, None)
        if old is None:
            return
        self.bus.unregister_object(old.id)
        self.emit(BASE, 'org.freedesktop.DBus.ObjectManager', 'InterfacesRemoved',
                  GLib.Variant('(oas)', (path, [old.info.name])))

    def load(self, scenario):
        import scenarios
        self.releases = list(scenarios.RELEASES.values())
        self.mesh_status = scenarios.mesh_status()
        self.hold_search = False
        for path in list(self.objects):
            if path != BASE + '/Manager':
                self.drop(path)
        getattr(scenarios, scenario)(self)

    def app(self, app_id, **values):
        return self.put(BASE + '/Apps/' + escape_id(app_id), 'App', Id=app_id, **values)

    def update(self, app_id, **values):
        return self.put(BASE + '/Updates/' + escape_id(app_id), 'Update', AppId=app_id,
                        App=BASE + '/Apps/' + escape_id(app_id), **values)

    def find(self, kind, app_id):
        return self.objects.get('%s/%s/%s' % (BASE, kind, escape_id(app_id)))

    def new_path(self, folder):
        """The path of the next object there: what else was made does not change it."""
        self.counts[folder] = self.counts.get(folder, 0) + 1
        return '%s/%s/%d' % (BASE, folder, self.counts[folder])

    def transfer(self, **values):
        return self.put(self.new_path('Transfers'), 'Transfer', **values)

    def peer(self, peer_id, **values):
        return self.put(BASE + '/Peers/' + peer_id, 'Peer', PeerId=peer_id, **values)

    def operation(self, kind, app, done, result=None):
        """An operation that ends at the next turn of the loop, after done() ran."""
        operation = self.put(self.new_path('Operations'), 'Operation', Kind=kind, App=app,
                             State='running')
        failure = self.failures.pop(kind, None)

        def end():
            self.pace.stall()
            if failure is not None:
                name = failure[0] if '.' in failure[0] else PREFIX + 'Error.' + failure[0]
                operation.set(State='failed', ErrorName=name, ErrorMessage=failure[1])
            else:
                done()
                operation.set(State='done', Result=result or {})
            return False
        GLib.timeout_add(50, end)
        return GLib.Variant('(o)', (operation.path,))

    # The calls

    def manager_call(self, bus, sender, path, interface, method, args, invocation):
        self.pace.stall()
        objects = {path: {o.info.name: o.values} for path, o in self.objects.items()}
        invocation.return_value(GLib.Variant('(a{oa{sa{sv}}})', (objects,)))

    def fake_call(self, bus, sender, path, interface, method, args, invocation):
        reply = None
        if method == 'Load':
            self.load(*args.unpack())
        elif method == 'Put':
            values = args.get_child_value(2)
            pairs = {}
            for i in range(values.n_children()):
                entry = values.get_child_value(i)
                key = entry.get_child_value(0).get_string()
                pairs[key] = entry.get_child_value(1).get_variant()
            self.put(args[0], args[1], **pairs)
        elif method == 'Drop':
            self.drop(*args.unpack())
        elif method == 'Announce':
            self.announce(*args.unpack())
        elif method == 'Fail':
            name, error, message = args.unpack()
            self.failures[name] = (error, message)
        elif method == 'Calls':
            reply = GLib.Variant('(as)', (self.calls,))
            self.calls = []
        elif method == 'Status':
            status = args.get_child_value(0)
            self.mesh_status = {}
            for i in range(status.n_children()):
                entry = status.get_child_value(i)
                self.mesh_status[entry.get_child_value(0).get_string()] = (
                    entry.get_child_value(1).get_variant())
        elif method == 'Results':
            self.results = args.get_child_value(0)
            for found in list(self.objects.values()):
                if found.path.startswith(BASE + '/Operations/') and found['Kind'] == 'search':
                    found.set(Items=self.results)
        elif method == 'Vanish':
            invocation.return_value(None)
            bus.flush_sync(None)
            sys.exit(0)
        invocation.return_value(reply)

    def do_Manager_SetConfig(self, manager, values):
        for key, value in values.items():
            if key not in CONFIG:
                raise Failure('InvalidConfig', 'there is no setting %s' % key)
            if key == 'master-url' and value and not value.startswith('http'):
                raise Failure('InvalidConfig', 'master-url must begin with http:// or https://')
            if key in WORDS and value not in WORDS[key]:
                raise Failure('InvalidConfig', '%s can not be %s' % (key, value))
            if key == 'bootstrap' and not all('/p2p/' in address for address in value):
                raise Failure('InvalidConfig', 'bootstrap needs addresses with /p2p/')
            manager.set(**{CONFIG[key][0]: GLib.Variant(CONFIG[key][1], value)})
        return GLib.Variant('(as)', ([],))

    def search(self, query, options):
        import scenarios
        if self.results is not None:
            return [{key.get_string(): value.get_variant() for key, value in (
                        (entry.get_child_value(0), entry.get_child_value(1)) for entry in (
                            result.get_child_value(j) for j in range(result.n_children())))}
                    for result in (self.results.get_child_value(i)
                                   for i in range(self.results.n_children()))]
        words = query.lower().split()
        return [scenarios.as_search(r, self.find('Apps', r['app'])) for r in self.releases
                if all(w in (r['app'] + r['name'] + r['summary']).lower() for w in words)
                and options.get('category') in (None, '', *r['categories'])]

    def do_Manager_Search(self, manager, query, options):
        return GLib.Variant('(aa{sv})', (self.search(query, options),))

    def do_Manager_StartSearch(self, manager, query, options):
        """The first half comes at once, the rest at the next turn of the loop. With hold_search
        it waits in between until somebody puts it into another state, or cancels it."""
        found = self.search(query, options)
        operation = self.put(self.new_path('Operations'), 'Operation', Kind='search',
                             Title=query, State='running', Items=found[:len(found) // 2])
        failure = self.failures.pop('search', None)

        def end():
            self.pace.stall()
            if operation['State'] != 'running':
                return
            if failure is not None:
                operation.set(State='failed', ErrorName=PREFIX + 'Error.' + failure[0],
                              ErrorMessage=failure[1])
            else:
                operation.set(State='done', Items=found, Result={
                    'count': GLib.Variant('u', len(found)), 'asked': GLib.Variant('u', 5),
                    'answered': GLib.Variant('u', 4), 'master': GLib.Variant('s', 'ok')})
        if not self.hold_search:
            GLib.timeout_add(30, end)
        return GLib.Variant('(o)', (operation.path,))

    def do_Operation_Cancel(self, operation):
        operation.set(State='cancelled', ErrorName=PREFIX + 'Error.Cancelled',
                      ErrorMessage='cancelled')

    def do_Manager_GetMeshStatus(self, manager):
        return GLib.Variant('(a{sv})', (self.mesh_status,))

    def do_Manager_AddBootstrap(self, manager, address):
        if '/p2p/' not in address:
            raise Failure('InvalidConfig', 'bootstrap needs addresses with /p2p/')
        if address not in manager['Bootstrap']:
            manager.set(Bootstrap=manager['Bootstrap'] + [address])

    def do_Manager_RemoveBootstrap(self, manager, address):
        manager.set(Bootstrap=[a for a in manager['Bootstrap'] if a != address])

    def do_Manager_DismissSplitView(self, manager, ident):
        views = manager.values['SplitViews']
        kept = [views.get_child_value(i) for i in range(views.n_children())]
        kept = [v for v in kept if v.lookup_value('id', None).get_string() != ident]
        if len(kept) == views.n_children():
            raise Failure('NotFound', 'there is no split view %s' % ident)
        manager.set(SplitViews=GLib.Variant.new_array(GLib.VariantType('a{sv}'), kept))

    def do_Manager_Inspect(self, manager, target, options):
        import scenarios
        app_id, _, wanted = target.removeprefix('shoal:').lstrip('/').partition('@')
        app_id = app_id.split('?')[0]
        if app_id not in scenarios.RELEASES or wanted.startswith('^9'):
            raise Failure('NotFound', 'no release of %s was found' % app_id)
        release = dict(scenarios.RELEASES[app_id])
        if wanted:
            release['version'] = wanted.strip('^~') + '.0'
        for key in ('categories', 'verified', 'publisher', 'sources'):
            release.pop(key, None)
        app = self.find('Apps', app_id)
        release['installed-version'] = app['InstalledVersion'] if app else ''
        return GLib.Variant('(a{sv})', (scenarios.as_info(release),))

    def do_Manager_Install(self, manager, target, options):
        import scenarios
        app_id = target.removeprefix('shoal:').lstrip('/').split('@')[0].split('?')[0]
        release = scenarios.RELEASES[app_id]
        transfer = self.transfer(Kind='install', Title=release['name'], App=app_id,
                                 State='running', Step='fetching', BytesTotal=release['size'],
                                 BytesDone=release['size'] // 3, RateBps=1000000,
                                 Progress=0.33, EtaS=20)
        self.update(app_id, NewVersion=release['version'], State='fetching', Progress=0.33,
                    BytesTotal=release['size'], BytesToFetch=release['size'],
                    BytesFetched=release['size'] // 3, Transfer=transfer.path)
        return GLib.Variant('(o)', (transfer.path,))

    def do_Manager_Check(self, manager, app, options):
        return self.operation('check', app, lambda: None,
                              {'available': GLib.Variant('u', 0)})

    def do_Manager_Connect(self, manager, address, options):
        if '/p2p/' not in address:
            raise Failure('Unreachable', 'no answer from %s' % address)
        peer = self.peer(address.rsplit('/', 1)[1], Addresses=[address], Direction='outbound',
                         Agent='shoal/0.1.0', LatencyMs=-1)
        return GLib.Variant('(o)', (peer.path,))

    def do_Peer_Disconnect(self, peer):
        GLib.idle_add(self.drop, peer.path)

    def do_Transfer_Cancel(self, transfer):
        transfer.set(State='cancelled', RateBps=0,
                     ErrorName=PREFIX + 'Error.Cancelled', ErrorMessage='cancelled')

    def do_Operation_Dismiss(self, operation):
        GLib.idle_add(self.drop, operation.path)

    def do_Update_Fetch(self, update, options):
        if update['State'] not in ('available', 'failed'):
            raise Failure('WrongState', 'the update is %s' % update['State'])
        transfer = self.transfer(Kind='update', Title=update['AppId'], App=update['AppId'],
                                 State='running', Step='fetching', Progress=0.0)
        total = update['BytesTotal']
        update.set(State='fetching', Transfer=transfer.path, Progress=0.4, ErrorName='',
                   BytesToFetch=total // 10, BytesSaved=total - total // 10,
                   BytesFetched=total // 25)
        return GLib.Variant('(o)', (transfer.path,))

    def do_Update_Apply(self, update, options):
        if update['State'] != 'staged':
            raise Failure('WrongState', 'the update is %s' % update['State'])
        app = self.find('Apps', update['AppId'])

        def done():
            app.set(PreviousVersion=app['InstalledVersion'], State='installed',
                    InstalledVersion=update['NewVersion'])
            self.drop(update.path)
        if 'apply' not in self.failures:
            update.set(State='applying', Progress=0.5)
        return self.operation('apply', update['AppId'], done)

    def do_Update_Skip(self, update):
        app = self.find('Apps', update['AppId'])
        app.set(SkippedVersion=update['NewVersion'])
        GLib.idle_add(self.drop, update.path)

    def do_Update_Cancel(self, update):
        transfer = self.objects.get(update['Transfer'])
        if transfer is not None:
            transfer.set(State='cancelled')
        update.set(State='available', Transfer='/')

    def do_App_Hold(self, app, held):
        app.set(Held=held)

    def do_App_Unskip(self, app):
        app.set(SkippedVersion='')

    def do_App_Rollback(self, app, options):
        def done():
            app.set(InstalledVersion=app['PreviousVersion'], PreviousVersion='',
                    SkippedVersion=app['InstalledVersion'])
        return self.operation('rollback', app['Id'], done)

    def do_App_Remove(self, app, options):
        return self.operation('remove', app['Id'], lambda: self.drop(app.path))

    def do_App_Check(self, app, options):
        return self.operation('check', app['Id'], lambda: None)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--xml', required=True, help='folder of the interface descriptions')
    parser.add_argument('--bus-name', default='org.shoal.Shoal.Daemon')
    parser.add_argument('--scenario', default='full')
    parser.add_argument('--slow-ms', type=int, default=0, metavar='N',
                        help='every task and every signal waits up to so long')
    parser.add_argument('--seed', type=int, default=0, help='of these waits')
    args = parser.parse_args()
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    bus.set_exit_on_close(True)
    Daemon(args.xml, bus, args.bus_name, args.scenario, Pace(args.slow_ms, args.seed))
    GLib.MainLoop().run()


if __name__ == '__main__':
    main()
