namespace Grid.Contracts.Storage;

/// <summary>An error of a store that asking again does not mend: what is stored is not what was written. Every other one is waited out.</summary>
public interface IPermanentFault;
