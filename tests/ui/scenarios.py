# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright (C) 2026 The Shoal authors
"""What the made-up daemon has to show."""

import os
import random
import time

from gi.repository import GLib

BASE = '/org/shoal/Shoal/Daemon'
ME = '12D3KooWPq2WfFvqGCkJ1cHCuQhG6Xo8ZnqGjM4aT9r5L1bY3dEf'
PEERS = ['12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp',
         '12D3KooWHdiAxVd8uMQR1hGWXccidmfCwLqcMpGwR6QcTP6QRMuD',
         '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN']
KEY = 'SHA256:uNiVztksCsDhcc0u9e8BrrQXVUWHqeQH4m6o1dqjv2k'
OTHER_KEY = 'SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8'
MASTER = 'https://apps.example.org'
ICONS = '/usr/share/icons/Adwaita'
RELEASES = {
    'org.example.Notes': {
        'app': 'org.example.Notes', 'name': 'Notes', 'summary': 'Write things down',
        'version': '3.2.0', 'channel': 'stable', 'publishers': [KEY], 'size': 12400000,
        'release-notes': 'Lists can be sorted. Search also finds words inside images.',
        'trusted': True, 'source': 'master', 'source-name': 'apps.example.org',
        'categories': ['Office'], 'verified': True, 'publisher': 'Example Software',
        'sources': ['local', MASTER, PEERS[0]]},
    'org.example.Charts': {
        'app': 'org.example.Charts', 'name': 'Charts', 'summary': 'Draw diagrams of numbers',
        'version': '1.8.1', 'channel': 'stable', 'publishers': [OTHER_KEY], 'size': 48100000,
        'release-notes': 'Bar charts can be stacked.', 'trusted': False, 'source': 'peer',
        'source-name': '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp',
        'categories': ['Office', 'Science'], 'verified': True, 'publisher': 'Figures & Co.',
        'sources': ['local', PEERS[0], PEERS[1], PEERS[2]]},
    'org.example.Maps': {
        'app': 'org.example.Maps', 'name': 'Maps', 'summary': 'Find your way without a network',
        'version': '0.9.4', 'channel': 'stable', 'publishers': [], 'size': 96500000,
        'release-notes': '', 'trusted': False, 'source': 'master',
        'source-name': 'apps.example.org', 'categories': ['Maps'], 'verified': False,
        'publisher': '', 'sources': [MASTER]},
}


def icon(name):
    path = '%s/48x48/legacy/%s.png' % (ICONS, name)
    return path if os.path.exists(path) else ''


def as_info(release):
    types = {'publishers': 'as', 'size': 't', 'trusted': 'b'}
    return {key: GLib.Variant(types.get(key, 's'), value) for key, value in release.items()}


def as_search(release, app=None):
    info = as_info({k: release[k] for k in ('app', 'name', 'summary', 'version', 'size',
                                            'publishers', 'channel', 'publisher')})
    key = release['publishers'][0] if release['publishers'] else ''
    link = 'shoal:%s?publisher=%s' % (release['app'], key) if key else ''
    info['installed'] = GLib.Variant('b', app is not None)
    info['categories'] = GLib.Variant('as', release['categories'])
    info['tags'] = GLib.Variant('as', [])
    info['fingerprint'] = GLib.Variant('s', key)
    info['verified'] = GLib.Variant('b', release['verified'])
    info['link'] = GLib.Variant('s', link)
    info['sources'] = GLib.Variant('as', release['sources'])
    info['source'] = GLib.Variant('s', release['sources'][0])
    info['split-view'] = GLib.Variant('s', release.get('split-view', ''))
    return info


def dictionary(**values):
    return {key.replace('_', '-'): GLib.Variant(kind, value)
            for key, (kind, value) in values.items()}


def categories():
    counts = {}
    for release in RELEASES.values():
        for category in release['categories']:
            counts[category] = counts.get(category, 0) + 1
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [dictionary(id=('s', name), count=('u', count)) for name, count in ordered]


def mesh_status():
    table = dict(protocol=('s', '/ipfs/kad/1.0.0'), mode=('s', 'server'), lookups=('t', 40),
                 failed_lookups=('t', 1))
    return dictionary(
        registry=('a{sv}', dictionary(mode=('s', 'hybrid'), announcements=('u', 3),
                                      announced=('u', 1), received=('t', 9),
                                      refused=('t', 0), last_received=('x', 1))),
        dht=('a{sv}', dictionary(
            setting=('s', 'auto'), mode=('s', 'server'), prefix=('s', '/ipfs'),
            wan=('a{sv}', dictionary(peers=('u', 214), records=('u', 10), **table)),
            lan=('a{sv}', dictionary(peers=('u', 3), records=('u', 2), **table)),
            provided=('u', 7))),
        gossip=('a{sv}', dictionary(
            peers=('u', 12), refused=('t', 0),
            topics=('aa{sv}', [dictionary(topic=('s', 'scm/global/updates'), peers=('u', 12),
                                          mesh=('u', 6), delivered=('t', 30)),
                               dictionary(topic=('s', 'scm/global/plugins'), peers=('u', 1),
                                          mesh=('u', 1), delivered=('t', 0))]))),
        mdns=('a{sv}', dictionary(enabled=('b', True), running=('b', True),
                                  backend=('s', 'avahi'), found=('u', 2))),
        bootstrap=('aa{sv}', [dictionary(address=('s', '/dns4/boot.example.org/tcp/4001'),
                                         peer=('s', PEERS[0]), state=('s', 'connected'),
                                         origin=('s', 'config'))]),
        reachability=('s', 'private'), relays=('as', [PEERS[0]]), network=('s', 'full'))


def split_view(**values):
    return dictionary(**{
        'id': ('s', '1'), 'app': ('s', 'org.example.Painter'), 'channel': ('s', 'stable'),
        'kind': ('s', 'stale-master'), 'time': ('x', int(time.time()) - 3 * 3600 - 600),
        'message': ('s', 'the server is behind'), 'a_source': ('s', MASTER),
        'b_source': ('s', PEERS[1]), 'a_version': ('s', '2.4.0'), 'b_version': ('s', '2.5.0'),
        'a_counter': ('t', 24), 'b_counter': ('t', 25), 'a_digest': ('s', '5f' * 32),
        'b_digest': ('s', ''), 'evidence': ('s', '/var/lib/shoal/evidence/1'),
        **values})


def manager(daemon, **values):
    daemon.put(BASE + '/Manager', 'Manager', **{
        'State': 'running', 'AgentVersion': 'shoal/0.1.0', 'PeerId': ME, 'SharingMode': 'on',
        'ListenAddresses': ['/ip4/192.0.2.10/tcp/4001/p2p/' + ME,
                            '/ip6/2001:db8::10/tcp/4001/p2p/' + ME],
        'MasterUrl': 'https://apps.example.org', 'MasterState': 'reachable',
        'Bootstrap': ['/dns4/boot.example.org/tcp/4001/p2p/' + PEERS[0]],
        'MaxUploadBps': 2000000, 'MaxDownloadBps': 0, 'CacheLimitBytes': 10000000000,
        'MeteredPolicy': 'all', 'AutoFetch': True, 'MaxTransfers': 10,
        'StorageStats': {'bytes': GLib.Variant('t', 1840000000),
                         'referenced-bytes': GLib.Variant('t', 1210000000)},
        'RegistryMode': 'hybrid', 'DhtMode': 'auto', 'Mdns': True, 'Announce': True,
        'Categories': categories(), 'CatalogSize': len(RELEASES), 'SplitViews': [],
        'DownloadBps': 0, 'UploadBps': 0, 'BytesDownloaded': 412000000,
        'BytesUploaded': 1280000000, 'PeerCount': 0,
        'LastCheck': int(time.time()) - 25 * 60, **values})


def apps(daemon):
    installed = int(time.time()) - 9 * 86400
    common = {'State': 'installed', 'Channel': 'stable', 'InstalledTime': installed}
    daemon.app('org.example.Painter', Name='Painter', Summary='Paint with brushes and layers',
               InstalledVersion='2.4.0', PreviousVersion='2.3.1', Publishers=[KEY],
               SizeBytes=34200000, IconPath=icon('applications-graphics'),
               Source='https://apps.example.org', DesktopId='org.example.Painter.desktop',
               ReleaseNotes='Brushes follow the pressure of the pen.', **common)
    daemon.app('org.example.Notes', Name='Notes', Summary='Write things down',
               InstalledVersion='3.2.0', Publishers=[KEY], SizeBytes=12400000,
               IconPath=icon('accessories-text-editor'), Source=PEERS[0], **common)
    daemon.app('org.example.Player', Name='Player', Summary='Listen to music',
               InstalledVersion='41.2', PreviousVersion='41.1', Publishers=[OTHER_KEY],
               SizeBytes=21900000, IconPath=icon('applications-multimedia'), Held=True,
               Source='https://apps.example.org', **common)
    daemon.app('org.example.Terminal', Name='Terminal', Summary='Type commands',
               InstalledVersion='1.12.0', Publishers=[KEY], SizeBytes=8700000,
               IconPath=icon('utilities-terminal'), Source='https://apps.example.org',
               **common)


def peers(daemon):
    now = int(time.time())
    daemon.peer(PEERS[0], Agent='shoal/0.1.0', Direction='outbound', Transport='tcp',
                Addresses=['/dns4/boot.example.org/tcp/4001/p2p/' + PEERS[0]], LatencyMs=18,
                BytesUp=240000000, BytesDown=310000000, IsBootstrap=True,
                Kind='internet', Score=0.8, Roles=['seeder', 'dht-server'],
                ConnectedSince=now - 7300)
    daemon.peer(PEERS[1], Agent='shoal/0.1.0', Direction='inbound', Transport='tcp',
                Addresses=['/ip4/198.51.100.23/tcp/51822/p2p/' + PEERS[1]], LatencyMs=46,
                BytesUp=12000000, BytesDown=80400000, RateDownBps=1900000,
                Kind='lan', Score=0.9, Roles=['seeder'],
                ConnectedSince=now - 640)
    daemon.peer(PEERS[2], Agent='js-libp2p/3.1.2 UserAgent=v22.11.0', Direction='outbound',
                Addresses=['/ip6/2001:db8:4::91/tcp/4001/p2p/' + PEERS[2]], LatencyMs=-1,
                Transport='tcp', BytesUp=300, BytesDown=1200, ConnectedSince=now - 12,
                Kind='internet', Score=0.5)
    daemon.objects[BASE + '/Manager'].set(PeerCount=3)


def source(kind, name, n_bytes, rate=0, ident=''):
    return {'kind': GLib.Variant('s', kind), 'name': GLib.Variant('s', name),
            'id': GLib.Variant('s', ident), 'bytes': GLib.Variant('t', n_bytes),
            'rate': GLib.Variant('t', rate)}


def empty(daemon):
    manager(daemon)


def first_run(daemon):
    manager(daemon, SharingMode='undecided', ListenAddresses=[], LastCheck=0)


def full(daemon):
    """Updates in each state, several apps, peers."""
    manager(daemon)
    apps(daemon)
    peers(daemon)
    daemon.update('org.example.Painter', NewVersion='2.5.0', PreviousVersion='2.4.0',
                  State='staged', Progress=1.0, BytesTotal=34200000, BytesToFetch=1000000,
                  BytesFetched=1000000, BytesSaved=33200000, ChunksTotal=38, ChunksToFetch=1,
                  ReleaseNotes='Layers can be grouped.\nThe eraser keeps its size.')
    daemon.update('org.example.Terminal', NewVersion='1.13.0', PreviousVersion='1.12.0',
                  State='available', BytesTotal=8900000,
                  ReleaseNotes='Tabs can be torn off.')


def busy(daemon):
    """Transfers under way and ended, with their sources."""
    full(daemon)
    transfer = daemon.transfer(
        Kind='update', Title='Terminal', App='org.example.Terminal', State='running',
        Step='fetching', Progress=0.46, BytesDone=4100000, BytesTotal=8900000,
        RateBps=2300000, EtaS=3, Started=int(time.time()) - 2,
        Sources=[source('peer', '', 2900000, 1900000, PEERS[1]),
                 source('master', 'apps.example.org', 800000, 400000,
                        'https://apps.example.org'),
                 source('local', '', 400000)])
    daemon.update('org.example.Terminal', State='fetching', Progress=0.46,
                  BytesToFetch=8900000 - 3600000, BytesFetched=2500000, BytesSaved=3600000,
                  Transfer=transfer.path)
    daemon.transfer(Kind='install', Title='Charts', App='org.example.Charts',
                    State='queued', BytesTotal=48100000)
    daemon.transfer(Kind='update', Title='Painter', App='org.example.Painter', State='done',
                    Progress=1.0, BytesDone=1000000, BytesTotal=1000000,
                    Sources=[source('peer', '', 700000, 0, PEERS[0]),
                             source('peer', '', 300000, 0, PEERS[1])])
    daemon.transfer(Kind='get', Title='holiday-pictures', State='failed', BytesDone=120000000,
                    BytesTotal=2100000000, ErrorName='org.shoal.Shoal1.Error.NoSpace',
                    ErrorMessage='no space left in /home/user/Pictures')
    daemon.objects[BASE + '/Manager'].set(DownloadBps=2300000, UploadBps=640000)


def failed(daemon):
    """An update that cannot be fetched, and a server that does not answer."""
    manager(daemon, MasterState='unreachable')
    apps(daemon)
    daemon.update('org.example.Terminal', NewVersion='1.13.0', PreviousVersion='1.12.0',
                  State='failed', BytesTotal=8900000,
                  ErrorName='org.shoal.Shoal1.Error.BadSignature',
                  ErrorMessage='the signature of org.example.Terminal 1.13.0 is wrong')
    daemon.update('org.example.Painter', NewVersion='2.5.0', PreviousVersion='2.4.0',
                  State='verifying', Progress=0.8, BytesTotal=34200000, BytesToFetch=1000000,
                  BytesFetched=1000000, BytesSaved=33200000)


def nobody(daemon):
    """Nothing is known and nobody is there."""
    manager(daemon, Categories=[], CatalogSize=0, MasterUrl='', MasterState='none')
    daemon.releases = []
    daemon.mesh_status = {}


def warned(daemon):
    """The server offers an older release than peers have seen."""
    full(daemon)
    daemon.objects[BASE + '/Manager'].set(SplitViews=[split_view()])


def slow_search(daemon):
    """Searches show the first half of what there is, and do not end by themselves."""
    full(daemon)
    daemon.hold_search = True


def mesh(daemon, n_peers, seed=1):
    """Peers of every kind, the same each time."""
    draw = random.Random(seed)
    letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
    manager(daemon)
    apps(daemon)
    kinds = ['lan', 'internet', 'relayed', 'mini-master', 'internet']
    latencies = {'lan': (0, 3), 'mini-master': (1, 9), 'internet': (12, 240),
                 'relayed': (80, 900)}
    for i in range(n_peers):
        ident = '12D3KooW' + ''.join(draw.choice(letters) for _ in range(44))
        kind = kinds[i % len(kinds)] if n_peers < 20 or draw.random() < 0.4 else 'internet'
        low, high = latencies[kind]
        daemon.peer(ident, Agent='shoal/0.1.0', Direction='inbound', Kind=kind,
                    Transport='relay' if kind == 'relayed' else 'tcp',
                    Addresses=['/ip4/198.51.100.%d/tcp/4001/p2p/%s' % (i % 250, ident)],
                    LatencyMs=int(low + (high - low) * draw.random() ** 2), Score=0.7,
                    RateDownBps=800000 if i % 9 == 1 else 0, ConnectedSince=1,
                    Roles=['seeder'])
    daemon.objects[BASE + '/Manager'].set(PeerCount=n_peers)


def five_peers(daemon):
    mesh(daemon, 5)


def many_peers(daemon):
    mesh(daemon, 500)
