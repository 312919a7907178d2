// SPDX-License-Identifier: BSD-3-Clause
using System.Collections;

namespace MainetCert;

public sealed partial class Token : IEnumerable<Identity>
{
    /// <summary>
    /// The settings: <c>pin-limit</c>, <c>show-expired</c>, <c>show-superseded</c>. Setting one needs an unlocked token.
    /// </summary>
    public SettingDictionary Settings => new(this);

    /// <summary>Give the token a new token key and seal everything in it again.</summary>
    /// <param name="pin">the user's PIN</param>
    /// <param name="newPin">the PIN to be from now on; without it, it stays</param>
    /// <param name="soPin">the security officer's PIN, if the token has one</param>
    /// <exception cref="PinIncorrectException">if one of the PINs is wrong</exception>
    /// <exception cref="PendingExistsException">if deliveries wait to be imported</exception>
    public void Rekey(Secret pin, Secret newPin = default, Secret soPin = default) => RekeyCore(pin, newPin, soPin);

    /// <summary>Look whether everything in the token is in order; all of it if it is unlocked.</summary>
    /// <param name="seen">hears of everything that is looked at: what it is, and what is wrong with it</param>
    /// <exception cref="StoreOpenException">if something is damaged</exception>
    /// <exception cref="StoreTamperedException">if something was changed from outside</exception>
    public void Check(Action<string, MainetException?>? seen = null) =>
        _ = new Listener { Seen = seen }.During(self =>
        {
            Check(Listener.CheckFunction, self);
            return true;
        });

    /// <summary>Import every identity of a container, all or none, with the issuers that it holds of each.</summary>
    /// <param name="container">an opened container</param>
    /// <param name="flags">whether their keys may leave the token again</param>
    /// <param name="issuerDecision">
    /// decides whether an issuer that the token has not met is accepted; all of them are without it
    /// </param>
    /// <returns>the container's identities in its order</returns>
    /// <exception cref="TokenLockedException">until unlock</exception>
    /// <exception cref="CancelledException">if an issuer was refused</exception>
    /// <exception cref="StoreWriteException">if the token cannot be written</exception>
    public IReadOnlyList<Identity> ImportPkcs12(
        Pkcs12 container, ImportFlags flags = ImportFlags.Default, Func<Certificate, bool>? issuerDecision = null) =>
        new Listener { IssuerDecision = (issuer, _) => issuerDecision!(issuer) }.During(self =>
            ImportPkcs12(container, flags, issuerDecision is null ? 0 : Listener.IssuerFunction, self));

    /// <summary>List the superseded identities that nobody needs any more.</summary>
    /// <param name="flags">whether a newer one need not have been confirmed</param>
    /// <returns>the identities</returns>
    /// <exception cref="TokenLockedException">until unlock</exception>
    public IReadOnlyList<Identity> Prunable(DeleteFlags flags = DeleteFlags.Default) => PrunableCore(flags);

    /// <summary>Delete the superseded identities that nobody needs any more, all of them or none.</summary>
    /// <param name="flags">whether a newer one need not have been confirmed</param>
    /// <returns>what was deleted</returns>
    /// <exception cref="TokenLockedException">until unlock</exception>
    /// <exception cref="StoreWriteException">if the token cannot be written; nothing is deleted</exception>
    public IReadOnlyList<Identity> Prune(DeleteFlags flags = DeleteFlags.Default) => PruneCore(flags);

    /// <summary>The identities, the one that is valid longest first.</summary>
    /// <returns>each of them</returns>
    public IEnumerator<Identity> GetEnumerator() => Identities().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
